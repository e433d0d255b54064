// Opens a filled store in a fresh process and answers one hit: what a program that has just started waits for.
const began = performance.now()
const { openFilled, storeIn, urlOf } = await import('./filled-store.mjs')
const loadedMs = performance.now() - began

const [, , folder, index] = process.argv
const opened = performance.now()
const { api, close } = await openFilled({ store: storeIn(folder) })
const openMs = performance.now() - opened
const asked = performance.now()
await api.getExternal(urlOf(Number(index)))
const hitMs = performance.now() - asked

process.send({ loadedMs, openMs, hitMs }, async () => {
  await close()
  process.exit(0)
})
