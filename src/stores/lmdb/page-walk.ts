// Follows every tree of an LMDB file from its roots, without mapping it, to tell whether all pages in use are there.
// Only a file that is shorter than its last page number says is walked, so that opening costs nothing otherwise.
import { readSync } from 'node:fs'
import { NO_PAGE, PAGE_HEADER_BYTES, type MetaPage } from './data-file.js'

const BRANCH = 0x01
const LEAF = 0x02
const BIG_DATA = 0x01
const SUB_DATABASE = 0x02
const NODE_HEADER_BYTES = 8
/** Where a sub-database's record has its root. */
const ROOT_OFFSET = 40

/** Whether every page that can be reached lies within the first `pages` pages. */
export function everyPageIsThere(file: number, meta: MetaPage, pages: number): boolean {
  const page = Buffer.alloc(meta.pageBytes)
  const open = [meta.freeRoot, meta.mainRoot]
  let visited = 0

  function visit(pageNumber: bigint): boolean {
    visited += 1
    if (pageNumber >= BigInt(pages) || visited > pages) return false
    const position = Number(pageNumber) * meta.pageBytes
    if (readSync(file, page, 0, meta.pageBytes, position) < meta.pageBytes) return false
    const flags = page.readUInt16LE(18)
    if (page.readBigUInt64LE(0) !== pageNumber || (flags & (BRANCH | LEAF)) === 0) return false
    const nodes = page.readUInt16LE(20) >> 1
    for (let index = 0; index < nodes; index += 1) {
      const node = PAGE_HEADER_BYTES + page.readUInt16LE(PAGE_HEADER_BYTES + index * 2)
      if (!((flags & BRANCH) !== 0 ? visitBranchNode(node) : visitLeafNode(node))) return false
    }
    return true
  }

  function visitBranchNode(node: number): boolean {
    open.push(BigInt(page.readUInt32LE(node)) | (BigInt(page.readUInt16LE(node + 4)) << 32n))
    return true
  }

  function visitLeafNode(node: number): boolean {
    const flags = page.readUInt16LE(node + 4)
    const value = node + NODE_HEADER_BYTES + page.readUInt16LE(node + 6)
    if ((flags & SUB_DATABASE) !== 0) open.push(page.readBigUInt64LE(value + ROOT_OFFSET))
    if ((flags & BIG_DATA) === 0) return true
    return page.readBigUInt64LE(value) + page.readBigUInt64LE(value + 16) <= BigInt(pages)
  }

  try {
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next !== NO_PAGE && !visit(next)) return false
    }
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
