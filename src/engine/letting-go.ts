// A generator that is let go of before it was begun runs nothing, not even its `finally`: this sees to it.

/** The generator, with `letGo` called as soon as its reader stops early. */
export function lettingGo(pieces: AsyncGenerator<Uint8Array>, letGo: () => void): AsyncGenerator<Uint8Array> {
  const returnPieces = pieces.return.bind(pieces)
  pieces.return = (value) => {
    letGo()
    return returnPieces(value)
  }
  return pieces
}
