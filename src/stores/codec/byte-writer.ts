// Numbers and text into bytes, in a buffer that grows.

/** Appends values; the integers are little-endian. */
export interface ByteWriter {
  byte(value: number): void
  float64(value: number): void
  /** An integer from 0 to 2^53 - 1, in as few bytes as it needs. */
  integer(value: number): void
  /** Strings of any characters, together and exactly, lone surrogates included. */
  strings(values: readonly string[]): void
  /** Everything appended, in bytes of its own. */
  finish(): Uint8Array
}

const LATIN_1 = /^[\0-\xff]*$/

/** Makes an empty writer. */
export function createByteWriter(): ByteWriter {
  let bytes = Buffer.allocUnsafe(512)
  let size = 0

  function reserve(more: number): void {
    if (size + more <= bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, size + more))
    bytes.copy(larger, 0, 0, size)
    bytes = larger
  }

  const writer: ByteWriter = {
    byte(value) {
      reserve(1)
      bytes[size] = value
      size += 1
    },
    float64(value) {
      reserve(8)
      size = bytes.writeDoubleLE(value, size)
    },
    integer(value) {
      if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no count`)
      let rest = value
      while (rest >= 0x80) {
        writer.byte((rest % 0x80) + 0x80)
        rest = Math.floor(rest / 0x80)
      }
      writer.byte(rest)
    },
    strings(values) {
      const text = values.join('')
      const encoding = LATIN_1.test(text) ? 'latin1' : 'utf16le'
      for (const value of values) writer.integer(value.length)
      writer.byte(encoding === 'latin1' ? 1 : 2)
      reserve(text.length * 2)
      size += bytes.write(text, size, encoding)
    },
    finish: () => new Uint8Array(bytes.subarray(0, size)),
  }
  return writer
}
