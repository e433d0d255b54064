import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { keyText } from '../helpers/encryption-keys.js'
import { type DrillPeer, startPeer } from './start-peer.js'

const cleanUps: (() => void)[] = []

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp()
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cachette-encryption-'))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A process on the store in a folder, under keys that are named by their digits, the present one first. */
function start(folder: string, ...[current, ...previous]: readonly string[]): DrillPeer {
  const { PATH = '' } = process.env
  const env = {
    PATH,
    ...(current !== undefined && { CACHETTE_ENCRYPTION_KEY: keyText(current) }),
    ...(previous.length > 0 && { CACHETTE_ENCRYPTION_KEY_PREVIOUS: previous.map(keyText).join(',') }),
  }
  const peer = startPeer(folder, { spawn: { env } })
  cleanUps.push(() => peer.kill())
  return peer
}

describe('several processes on one encrypted store', () => {
  it('five kills of one of four writers lose and tear nothing, and no body stands in the file', () => {
    const script = fileURLToPath(new URL('kill-drill.mjs', import.meta.url))
    const args = [script, '--kills', '5', '--encrypted', '--json']
    const output = execFileSync(process.execPath, args, { encoding: 'utf8' })
    expect(JSON.parse(output)).toMatchObject({ kills: 5, lost: 0, torn: 0 })
  })

  it('that turn encryption on at the same moment remove the old store once and share the new one', async () => {
    const folder = newFolder()
    const plain = start(folder)
    await plain.ask('open')
    await plain.ask('write', { key: 'old', number: 1 })
    await plain.ask('close')
    const peers = Array.from({ length: 4 }, () => start(folder, 'a'))
    const opened = await Promise.all(peers.map((peer) => peer.ask('open')))
    expect(opened.flatMap(({ warnings }) => warnings as string[]).length).toBe(1)
    const secrets = await Promise.all(peers.map((peer) => peer.ask('secret')))
    expect(new Set(secrets.map(({ secret }) => secret)).size).toBe(1)
    await Promise.all(peers.map((peer, index) => peer.ask('write', { key: `p${index}`, number: index })))
    for (const [index, peer] of peers.entries())
      for (const other of peers.keys())
        expect([index, await peer.ask('read', { key: `p${other}` })]).toEqual([index, { version: other }])
    const data = readFileSync(join(folder, 'data.mdb'))
    expect(['old#1', 'p0#0', 'drill.example'].filter((word) => data.includes(word))).toEqual([])
  })

  it('are given a new key one after another: each reads what the others write, before and after', async () => {
    const folder = newFolder()
    const first = start(folder, 'a', 'b')
    await first.ask('open')
    await first.ask('write', { key: 'k', number: 1 })
    const second = start(folder, 'b', 'a')
    expect(await second.ask('open')).toEqual({ warnings: [] })
    expect(await second.ask('read', { key: 'k' })).toEqual({ version: 1 })
    await second.ask('write', { key: 'k', number: 2 })
    await second.ask('mark', { scope: { tag: 'x' } })
    const { sequence } = await second.ask('sequence')
    expect(await first.ask('sequence')).toEqual({ sequence })
    expect(await first.ask('read', { key: 'k' })).toEqual({ version: 2 })
    expect(await first.ask('marks')).toMatchObject([{ scope: { tag: 'x' } }])
    await first.ask('write', { key: 'k', number: 3 })
    const third = start(folder, 'b')
    await third.ask('open')
    expect(await third.ask('read', { key: 'k' })).toEqual({ version: 3 })
  })

  it('a process that was not given the new key neither reads nor changes anything from then on', async () => {
    const folder = newFolder()
    const first = start(folder, 'a')
    await first.ask('open')
    await first.ask('write', { key: 'k', number: 1 })
    const second = start(folder, 'b', 'a')
    await second.ask('open')
    await second.ask('mark', { scope: { all: true } })
    const before = await second.ask('sequence')
    expect((await first.ask('sequence'))['error']).toMatch(/put it under a key that this one was not given/)
    expect((await first.ask('write', { key: 'k', number: 2 }))['error']).toMatch(/put it under a key/)
    expect(await first.ask('read', { key: 'k' })).toEqual({ version: null })
    expect(await second.ask('sequence')).toEqual(before)
    expect(await start(folder, 'a').ask('open')).toMatchObject({ reason: 'wrong-key' })
    expect(await start(folder).ask('open')).toMatchObject({ reason: 'key-missing' })
  })
})
