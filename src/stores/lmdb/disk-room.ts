// Whether a commit has room on the disk. LMDB can end the process when the disk runs out under it, so the last of the disk is
// left alone, and so is what lies beyond the size that this process may give its files.
import { readFileSync, statSync, statfsSync } from 'node:fs'

/** Room for a store's file to grow. */
export interface DiskRoom {
  /**
   * `short`: nothing is to be written. `tight`: little at a time.
   *
   * @throws the file system's error where it cannot be asked
   */
  state(): 'ample' | 'tight' | 'short'
  /** How much of the disk is left to others, in bytes. */
  readonly reserveBytes: number
}

/** What is looked at. */
export interface DiskRoomParts {
  /** The file that grows. */
  readonly dataFile: string
  /** How large the disk is and what of it is free, in bytes; by default the system's word. */
  readonly disk?: () => { readonly freeBytes: number; readonly totalBytes: number }
  /** How large a file of this process may become, in bytes; by default the system's word. */
  readonly maxFileBytes?: number
}

const LEAST_RESERVE_BYTES = 1024 ** 2
const MOST_RESERVE_BYTES = 16 * 1024 ** 2
/** One part in so many of the disk is left alone. */
const RESERVED_SHARE = 20
/** So many times the reserve, and the room is tight. */
const TIGHT = 4

/** Looks at the disk of a store's file. */
export function createDiskRoom(parts: DiskRoomParts): DiskRoom {
  const { dataFile, disk = () => diskOf(dataFile), maxFileBytes = fileSizeLimit() } = parts
  const reserveBytes = reserveOf(disk().totalBytes)
  const fileReserveBytes = reserveOf(maxFileBytes)

  function stateOf(leftBytes: number, reserve: number): ReturnType<DiskRoom['state']> {
    if (leftBytes < reserve) return 'short'
    return leftBytes < reserve * TIGHT ? 'tight' : 'ample'
  }

  return {
    reserveBytes,
    state() {
      const onDisk = stateOf(disk().freeBytes, reserveBytes)
      if (onDisk === 'short' || maxFileBytes === Number.POSITIVE_INFINITY) return onDisk
      const inFile = stateOf(maxFileBytes - statSync(dataFile).size, fileReserveBytes)
      return inFile === 'ample' ? onDisk : inFile
    },
  }
}

function reserveOf(totalBytes: number): number {
  return Math.min(MOST_RESERVE_BYTES, Math.max(LEAST_RESERVE_BYTES, Math.floor(totalBytes / RESERVED_SHARE)))
}

function diskOf(file: string): { freeBytes: number; totalBytes: number } {
  const { bavail, blocks, bsize } = statfsSync(file)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}

/** `RLIMIT_FSIZE`, which Linux alone tells; anywhere else there is none that could be known. */
function fileSizeLimit(): number {
  try {
    const [, soft = ''] = /^Max file size +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return /^\d+$/.test(soft) ? Number(soft) : Number.POSITIVE_INFINITY
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
