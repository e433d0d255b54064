// Judges LMDB's data file before it is mapped: reading past the end of a truncated file through a map kills the
// process. The layout is that of lmdb's own fork of LMDB (data version 2, little-endian, two meta pages).
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { everyPageIsThere } from './page-walk.js'

/** What a data file is like. */
export type DataFileVerdict =
  { readonly state: 'missing' | 'sound' } | { readonly state: 'bad'; readonly why: string }

/** What a meta page says. */
export interface MetaPage {
  readonly pageBytes: number
  readonly freeRoot: bigint
  readonly mainRoot: bigint
  readonly lastPage: number
  readonly transaction: bigint
}

/** Bytes before the contents of a page. */
export const PAGE_HEADER_BYTES = 24
/** The root of an empty tree. */
export const NO_PAGE = 0xffff_ffff_ffff_ffffn

const META_FLAG = 0x08
const MAGIC = 0xbeef_c0de
const DATA_VERSION = 2
const META_BYTES = 192
const PAGE_SIZES = new Set([512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536])

/** Judges the file at a path. */
export function judgeDataFile(path: string): DataFileVerdict {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { state: 'missing' }
    throw error
  }
  try {
    if (!fstatSync(file).isFile()) return { state: 'bad', why: 'it is not a file' }
    return judge(file)
  } finally {
    closeSync(file)
  }
}

function judge(file: number): DataFileVerdict {
  if (fstatSync(file).size === 0) return { state: 'missing' }
  const first = readMeta(file, 0)
  if (first === undefined) return { state: 'bad', why: 'it does not begin as an LMDB file does' }
  const second = readMeta(file, first.pageBytes)
  if (second?.pageBytes !== first.pageBytes) return { state: 'bad', why: 'its second page is damaged' }
  const newest = second.transaction > first.transaction ? second : first
  // Taken after the metas: a writer may make the file longer meanwhile, never shorter.
  const pages = Math.floor(fstatSync(file).size / newest.pageBytes)
  if (newest.lastPage < pages) return { state: 'sound' }
  // Pages at the end that were never used are not written, so a shorter file may still have all that counts.
  return everyPageIsThere(file, newest, pages)
    ? { state: 'sound' }
    : { state: 'bad', why: `it ends after ${pages} of ${newest.lastPage + 1} pages` }
}

function readMeta(file: number, position: number): MetaPage | undefined {
  const bytes = Buffer.alloc(META_BYTES)
  if (readSync(file, bytes, 0, META_BYTES, position) < META_BYTES) return undefined
  const isMeta = (bytes.readUInt16LE(18) & META_FLAG) !== 0
  const isKnown = bytes.readUInt32LE(24) === MAGIC && (bytes.readUInt32LE(28) & 0xffff) === DATA_VERSION
  const pageBytes = bytes.readUInt32LE(48)
  if (!isMeta || !isKnown || !PAGE_SIZES.has(pageBytes)) return undefined
  return {
    pageBytes,
    freeRoot: bytes.readBigUInt64LE(88),
    mainRoot: bytes.readBigUInt64LE(136),
    lastPage: Number(bytes.readBigUInt64LE(144)),
    transaction: bytes.readBigUInt64LE(152),
  }
}
