// The programs on the pages are run, and print what the pages show.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createProviderAnswers } from '../clients/provider-answers.js'
import { type LoopbackOrigin, startLoopbackOrigin } from '../helpers/loopback-origin.js'
import { describeWithRedis, type RedisServer, startRedis } from '../helpers/redis-server.js'
import { type TlsOrigin, startTlsOrigin } from '../helpers/tls-origin.js'
import { PAGES, type Program, ROOT, programsOf, textOf } from './door-guides-pages.js'

const PROGRAMS = PAGES.flatMap(programsOf)
const EXAMPLES = PROGRAMS.filter(({ name }) => name.startsWith('examples/'))
const OWN = PROGRAMS.filter(({ name, language }) => language === 'ts' && !name.startsWith('examples/'))
const PRINTING = OWN.filter(({ output }) => output !== undefined)
/** Where the pages have a Redis. */
const REDIS_URL = 'redis://localhost:6379'

const TSX = import.meta.resolve('tsx')
const TO_LOOPBACK = join(ROOT, 'test/clients/to-loopback.mjs')
const CLI = join(ROOT, 'dist/cli/main.js')

/** Types taken off, and nothing else. */
const PLAIN = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true }

let origin: LoopbackOrigin
/** TMDB, Spotify and Google Books under their real names. */
let apis: TlsOrigin
beforeAll(async () => {
  origin = await startLoopbackOrigin()
  apis = await startTlsOrigin(createProviderAnswers(undefined))
  const news = { 'cache-control': 'max-age=60', 'content-type': 'text/plain' }
  origin.on('/data', { json: { title: 'a title', path: '/data' } })
  origin.on('/news/today', { body: 'news', headers: news })
  origin.on('/moved', { status: 302, headers: { location: '/data' } })
  origin.on('/missing', { status: 404, json: { why: 'none' } })
  origin.on('/rates', { json: { rate: 1.08 } })
})
afterAll(async () => {
  await origin.stop()
  await apis.close()
})

/** Where the pages' second host leads: the same origin under another name. */
const secondUrl = (): string => origin.url.replace('127.0.0.1', 'localhost')

const toLoopback = (text: string): string =>
  text.replaceAll('https://api.example.com', origin.url).replaceAll('https://www.example.net', secondUrl())

/** Without what differs from run to run: addresses, keys, and the last seconds of a TTL. */
function steady(text: string): string {
  return text
    .replaceAll(origin.url, 'https://api.example.com')
    .replaceAll(secondUrl(), 'https://www.example.net')
    .replace(/key="[^"]*"/g, 'key="…"')
    .replace(/ttl=(\d+)/g, (_, seconds) => `ttl=${Math.round(Number(seconds) / 10) * 10}`)
    .replace(/\d+(\.\d+)?ms\b/g, 'N ms')
    .trim()
}

/** A folder in which the package, and what it is used with, is installed. */
async function newProject(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cachette-guides-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'node_modules'))
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (!name.startsWith('.'))
      await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
  }
  await symlink(ROOT, join(folder, 'node_modules', 'cachette'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return folder
}

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs Node. Nothing of this process's own environment but the path: no credentials, no settings. */
async function run(folder: string, args: readonly string[], settings: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const credentials = {
    SPOTIFY_CLIENT_ID: 'app-id',
    SPOTIFY_CLIENT_SECRET: 'app-secret',
    TMDB_API_KEY: 'app-key',
    TMDB_ACCESS_TOKEN: 'app-token',
    GOOGLE_BOOKS_API_KEY: 'app-key',
  }
  const env = {
    PATH: process.env['PATH'],
    NODE_EXTRA_CA_CERTS: apis.authorityFile,
    ORIGIN_HTTPS_PORT: String(apis.httpsPort),
    ...credentials,
    ...settings,
  }
  const child = spawn(process.execPath, args, { cwd: folder, env })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const code = await new Promise<number | null>((done) => child.on('close', done))
  return { code, out: steady(out), err: steady(err) }
}

/** Runs a program, and holds what it prints against its page. */
async function printsWhatItSays({ name, code, output = '' }: Program): Promise<void> {
  const script = name.replace(/\.ts$/, '.js')
  const folder = await newProject({ [script]: ts.transpile(toLoopback(code), PLAIN) })
  const ran = await run(folder, ['--import', TO_LOOPBACK, script])
  expect(ran).toEqual({ code: 0, out: steady(output), err: '' })
}

describe('the programs on the pages', () => {
  it('are there, on every page', () => {
    for (const page of PAGES) expect(programsOf(page).length, page).toBeGreaterThan(0)
    expect(PRINTING.length).toBeGreaterThan(8)
  })

  it.each(PRINTING.filter(({ code }) => !code.includes(REDIS_URL)))(
    '$page, $name prints what the page says',
    (program) => printsWhatItSays(program),
  )

  it.each(EXAMPLES)('$name is on its page as it is, and prints what the page says', async (program) => {
    const { name, code, output = '' } = program
    expect(code).toBe(textOf(name))
    const ran = await run(await newProject(), ['--import', TSX, join(ROOT, name), `${origin.url}/data`])
    expect(ran).toEqual({ code: 0, out: steady(output), err: '' })
  })

  it('compile', async () => {
    const fileOf = ({ page, name }: { page: string; name: string }): string =>
      `${page.replace(/\W/g, '-')}-${name}`
    const folder = await newProject(Object.fromEntries(OWN.map((one) => [fileOf(one), one.code])))
    const program = ts.createProgram(
      OWN.map((one) => join(folder, fileOf(one))),
      {
        strict: true,
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: true,
        noEmit: true,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        target: ts.ScriptTarget.ES2023,
        lib: ['lib.es2023.d.ts'],
        types: ['node'],
        typeRoots: [join(ROOT, 'node_modules/@types')],
      },
    )
    const found = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
      return `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    })
    expect(found).toEqual([])
  })
})

describeWithRedis('the programs on the pages that need a Redis', () => {
  let server: RedisServer
  beforeAll(async () => void (server = await startRedis()))
  afterAll(() => server.dispose())

  it.each(PRINTING.filter(({ code }) => code.includes(REDIS_URL)))(
    '$page, $name prints what the page says',
    // A machine with much to do answers late; the page is not about that.
    (program) => {
      const there = `{ type: 'redis', url: '${server.url}', timeout: '5s' }`
      return printsWhatItSays({ ...program, code: program.code.replace(`'${REDIS_URL}'`, there) })
    },
  )
})

describe('a program without a change to it', () => {
  it.each(['docs/guide/register.md', 'docs/recipes/an-app-without-touching-it.md'])(
    '%s: gets a cache from the command line',
    async (page) => {
      const { name = '', code = '' } = programsOf(page)[0] ?? {}
      const [, session = ''] = /```\n(\$[^`]* node [\s\S]*?)```/.exec(textOf(page)) ?? []
      const [command = '', ...printed] = session.split('\n').filter((line) => !line.startsWith('$ npm'))
      const [settings = '', args = ''] = command.slice('$ '.length).split(' node ')
      const variables = Object.fromEntries(settings.split(' ').map((one) => one.split('=')))
      const folder = await newProject({ [name]: toLoopback(code) })
      const ran = await run(folder, args.split(' '), { ...variables, CACHETTE_HOSTS: origin.host })
      const isOurs = (line: string): boolean => line.startsWith('[cachette]')
      expect(ran).toEqual({
        code: 0,
        out: steady(printed.filter((line) => !isOurs(line)).join('\n')),
        err: steady(printed.filter(isOurs).join('\n')),
      })
      const [, figures = ''] = /```\n\$ npx cachette metrics\n([\s\S]*?)```/.exec(textOf(page)) ?? []
      expect((await run(folder, [CLI, 'metrics'])).out).toContain(figures.trim())
      const explained = await run(folder, [CLI, 'explain', `${origin.url}/rates?base=EUR`, '--json'])
      expect(JSON.parse(explained.out)).toMatchObject({ keyParts: { service: 'other' } })
    },
  )
})

describe('an-app-without-touching-it.md', () => {
  it('has a config file that the command line reads', async () => {
    const [, config] = programsOf('docs/recipes/an-app-without-touching-it.md')
    const folder = await newProject({ [config!.name]: config!.code })
    const { out } = await run(folder, [CLI, 'explain', 'https://api.example.com/rates/live', '--json'])
    const ttl = { value: 30_000, from: 'rule /rates/live (file)' }
    expect(JSON.parse(out)).toMatchObject({ keyParts: { service: 'rates' }, policy: { ttl } })
  })
})

describe.each(['testing-a-door.md', 'testing-a-store.md'])('%s', (recipe) => {
  const page = `docs/recipes/${recipe}`
  const { name = '', code = '' } = programsOf(page)[0] ?? {}

  it('has a test that runs', async () => {
    const folder = await newProject({ [name]: code })
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
    const ran = await run(folder, [vitest, 'run', '--root', '.'])
    expect(ran.code, ran.out).toBe(0)
  })

  it('says what each capability stands for', () => {
    const named = [...textOf(page).matchAll(/^\| `(\w+)` \|/gm)].map(([, one]) => one)
    expect(named).toEqual([...code.matchAll(/^ {6}(\w+): (?:true|false),/gm)].map(([, one]) => one))
  })
})
