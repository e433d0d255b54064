// Whether a commit has room on the disk. LMDB can end the process when the disk runs out under it, so the last of the disk is
// left alone, and so is what lies beyond the size that this process may give its files.
import { readFileSync, statSync, statfsSync } from 'node:fs'

/** Room for a store's file to grow. */
export interface DiskRoom {
  /**
   * What may be written to a file in which records occupy so many bytes. `tight`: little at a time. `short`: what makes the store
   * no larger, little at a time. `spent`: nothing.
   *
   * @throws the file system's error where it cannot be asked
   */
  state(liveBytes: number): 'ample' | 'tight' | 'short' | 'spent'
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
/** What is left for marks, removals and counts once entries are refused, as a share of the reserve. */
const SPENT = 1 / 4
/** How much of a file records occupy with all tables and half-filled pages, at most, per byte of theirs. */
const PER_LIVE_BYTE = 1.5

/** Looks at the disk of a store's file. */
export function createDiskRoom(parts: DiskRoomParts): DiskRoom {
  const { dataFile, disk = () => diskOf(dataFile), maxFileBytes = fileSizeLimit() } = parts
  const reserveBytes = reserveOf(disk().totalBytes)
  const fileReserveBytes = reserveOf(maxFileBytes)

  function stateOf(leftBytes: number, reserve: number, liveBytes: number): ReturnType<DiskRoom['state']> {
    if (leftBytes >= reserve * TIGHT) return 'ample'
    if (leftBytes >= reserve) return 'tight'
    if (leftBytes < reserve * SPENT) return 'spent'
    // The file never shrinks: what was removed from it leaves pages that are written to again.
    return statSync(dataFile).size - liveBytes * PER_LIVE_BYTE >= reserve ? 'tight' : 'short'
  }

  return {
    reserveBytes,
    state(liveBytes) {
      const onDisk = stateOf(disk().freeBytes, reserveBytes, liveBytes)
      if (maxFileBytes === Number.POSITIVE_INFINITY) return onDisk
      const inFile = stateOf(maxFileBytes - statSync(dataFile).size, fileReserveBytes, liveBytes)
      return STATES.indexOf(inFile) > STATES.indexOf(onDisk) ? inFile : onDisk
    },
  }
}

/** From much room to none. */
const STATES = ['ample', 'tight', 'short', 'spent'] as const

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
