// Makes the records of a closed LMDB store say that another version wrote them, checksums and all.
import { crc32 } from 'node:zlib'
import { open } from 'lmdb'

const ENVELOPE_BYTES = 16
const MAGIC = 0xc4ca
const TABLES = ['heads', 'chunks', 'cards'] as const

/** Sets the format version of every record; returns of how many. */
export async function alterRecords(folder: string, version: number): Promise<number> {
  const root = open<Buffer, Buffer>({
    path: folder,
    maxDbs: 24,
    overlappingSync: false,
    encoding: 'binary',
    keyEncoding: 'binary',
  })
  let altered = 0
  root.transactionSync(() => {
    for (const name of TABLES) {
      const table = root.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' })
      for (const { key, value } of [...table.getRange()]) {
        if (value.length < ENVELOPE_BYTES || value.readUInt16LE(0) !== MAGIC) continue
        const sealed = Buffer.from(value)
        sealed[2] = version
        const before = crc32(sealed.subarray(0, 12), crc32(key))
        sealed.writeUInt32LE(crc32(sealed.subarray(ENVELOPE_BYTES), before), 12)
        void table.put(key, sealed)
        altered += 1
      }
    }
  })
  await root.close()
  return altered
}
