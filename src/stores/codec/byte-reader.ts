// Bytes back into numbers and text. Every read is checked against the end; what lies past it throws a RangeError.

/** Reads values in the order in which a ByteWriter appended them. */
export interface ByteReader {
  byte(): number
  /** True where something is left to read. */
  hasMore(): boolean
  float64(): number
  integer(): number
  strings(count: number): string[]
}

/** Makes a reader at the start of the bytes. */
export function createByteReader(source: Uint8Array): ByteReader {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  let position = 0

  const reader: ByteReader = {
    hasMore: () => position < bytes.length,
    byte() {
      const value = bytes[position]
      if (value === undefined) throw new RangeError('record ends too early')
      position += 1
      return value
    },
    float64() {
      const value = bytes.readDoubleLE(position)
      position += 8
      return value
    },
    integer() {
      let value = 0
      let scale = 1
      for (;;) {
        const byte = reader.byte()
        value += (byte & 0x7f) * scale
        if (byte < 0x80) return value
        scale *= 0x80
        if (scale > 2 ** 49) throw new RangeError('integer is too long')
      }
    },
    strings(count) {
      if (count > bytes.length - position) throw new RangeError('more strings than bytes')
      const lengths: number[] = []
      let total = 0
      for (let index = 0; index < count; index += 1) {
        const length = reader.integer()
        lengths.push(length)
        total += length
      }
      const unit = reader.byte()
      const end = position + total * unit
      if ((unit !== 1 && unit !== 2) || end > bytes.length) throw new RangeError('text ends too early')
      const text = bytes.toString(unit === 1 ? 'latin1' : 'utf16le', position, end)
      position = end
      let from = 0
      return lengths.map((length) => text.slice(from, (from += length)))
    },
  }
  return reader
}
