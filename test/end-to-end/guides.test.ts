// What the guides list is what the code has.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UNKEYED_HEADERS, isTrackingParam } from '../../src/decide/ignored-names.js'
import { policyValue } from '../../src/cli/explain/explanation-view.js'
import { createCachette } from '../../src/create-cachette.js'
import { EVENT_NAMES } from '../../src/events/event-bus.js'

const guide = (name: string): Promise<string> =>
  readFile(resolve(import.meta.dirname, '../../docs/guide', name), 'utf8')

function codes(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
}

describe('the guides', () => {
  it('list every header that takes no part in a key', async () => {
    const [, list = ''] = /<!-- unkeyed headers -->([\s\S]*?)<!-- end -->/.exec(await guide('keys.md')) ?? []
    expect(codes(list).sort()).toEqual([...UNKEYED_HEADERS].sort())
  })

  it('list tracking parameters that are taken for such', async () => {
    const [, list = ''] = /neither keyed nor sent: ([\s\S]*?)\. More/.exec(await guide('keys.md')) ?? []
    const names = codes(list).map((name) => name.replace('*', 'source'))
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter((name) => !isTrackingParam(name))).toEqual([])
  })

  it('list every event', async () => {
    const rows = [...(await guide('events.md')).matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name)
    expect(rows.sort()).toEqual([...EVENT_NAMES].sort())
  })

  it('show every setting that explain shows, with its default', async () => {
    const [, table = ''] =
      /^setting +value +from\n([\s\S]*?)\n```/m.exec(await guide('command-line.md')) ?? []
    const rows = table.split('\n').map((line) => line.split(/ {2,}/))
    const services = { my_service: { baseURL: 'http://127.0.0.1:4711', ttl: '6h' as const } }
    const cachette = await createCachette({ env: {}, services })
    const { policy } = await cachette.explain('http://127.0.0.1:4711/data?query=test')
    await cachette.close()
    const shown = Object.entries(policy).map(([name, { value, from }]) => [
      name,
      policyValue(name, value),
      from.replace('(code)', '(file)'),
    ])
    expect(rows).toEqual(shown)
  })
})
