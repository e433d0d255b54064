// Purges by tags that no entry has, each a scope of its own: none of them may make later calls dearer.

/** Purges under way at a time. */
const AT_ONCE = 100

/** Purges `count` tags, numbered from `from`; resolves with how long it took, in milliseconds. */
export async function purgeTags(cachette, from, count) {
  const began = performance.now()
  for (let done = 0; done < count; done += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - done) }, (_, index) => from + done + index)
    await Promise.all(numbers.map((number) => cachette.purge({ tag: `other:${number}` })))
  }
  return performance.now() - began
}
