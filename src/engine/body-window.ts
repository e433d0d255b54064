// The part of a coming body that is held in memory, and how far each of its readers has come.

/** One reader's place. */
export interface Place {
  /** How many bytes it has had. */
  offsetBytes: number
  /** True while it waits for what has not come yet. */
  isWaiting: boolean
  /** True once what it would read next is gone for good. */
  isCutOff: boolean
}

/** The window. */
export class BodyWindow {
  readonly #pieces: Uint8Array[] = []
  readonly #places = new Set<Place>()
  #startBytes = 0
  #sizeBytes = 0

  /** Where the window begins, counted from the body's first byte. */
  get startBytes(): number {
    return this.#startBytes
  }

  /** How much of the body has come. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** What is held, oldest first. */
  get pieces(): readonly Uint8Array[] {
    return this.#pieces
  }

  push(piece: Uint8Array): void {
    this.#pieces.push(piece)
    this.#sizeBytes += piece.byteLength
  }

  /** A place at the body's first byte. */
  enter(): Place {
    const place = { offsetBytes: 0, isWaiting: false, isCutOff: false }
    this.#places.add(place)
    return place
  }

  leave(place: Place): void {
    this.#places.delete(place)
  }

  hasWaiting(): boolean {
    for (const place of this.#places) if (place.isWaiting) return true
    return false
  }

  /** The next piece for a place that is inside the window, which moves on; undefined at the end. */
  next(place: Place): Uint8Array | undefined {
    let endBytes = this.#sizeBytes
    for (let index = this.#pieces.length - 1; index >= 0; index -= 1) {
      const piece = this.#pieces[index]
      if (piece === undefined) break
      const beginBytes = endBytes - piece.byteLength
      if (place.offsetBytes >= endBytes) return undefined
      if (place.offsetBytes >= beginBytes) {
        const rest = piece.subarray(place.offsetBytes - beginBytes)
        place.offsetBytes = endBytes
        return rest
      }
      endBytes = beginBytes
    }
    return undefined
  }

  isBehind(place: Place): boolean {
    return place.offsetBytes < this.#startBytes
  }

  /** Holds no more than the last bytes. */
  keepLast(bytes: number): void {
    this.#dropUntil(this.#sizeBytes - bytes)
  }

  /** Drops what every reader has had; who is further behind than `lagBytes` is cut off. */
  dropRead(lagBytes: number): void {
    let until = this.#sizeBytes
    for (const place of this.#places) {
      if (this.#sizeBytes - place.offsetBytes > lagBytes) place.isCutOff = true
      else until = Math.min(until, place.offsetBytes)
    }
    this.#dropUntil(until)
  }

  #dropUntil(offsetBytes: number): void {
    let count = 0
    for (const piece of this.#pieces) {
      if (this.#startBytes + piece.byteLength > offsetBytes) break
      this.#startBytes += piece.byteLength
      count += 1
    }
    this.#pieces.splice(0, count)
  }
}
