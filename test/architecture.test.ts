// Who may import whom, how large a file may grow and what it may be called: ARCHITECTURE.md, held against the code.
import { readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const src = join(root, 'src')
const MAX_LINES = 400
const MAX_DEPTH = 3

/** Files that are tables of data, allowed to be long. */
const TABLES: readonly string[] = []

/**
 * What each room may import, itself always included. `type:x` is an import of types alone. A room that is missing here
 * fails the first test.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  model: [],
  shared: [],
  errors: ['type:model'],
  http: ['type:model', 'model/demands'],
  decide: ['model', 'http', 'shared/assert-never'],
  config: ['model', 'http', 'errors', 'shared'],
  events: ['model', 'shared'],
  stores: ['model', 'shared'],
  origin: ['model', 'http', 'errors', 'shared'],
  engine: ['model', 'http', 'decide', 'events', 'errors', 'shared', 'type:config', 'type:origin'],
  'doors/service': ['model', 'http', 'errors', 'shared', 'config'],
  'doors/fetch': ['model', 'http', 'errors', 'shared'],
  'doors/undici': ['model', 'http', 'errors', 'shared'],
  'doors/axios': ['model', 'http', 'errors', 'shared'],
  'doors/register': [
    'model',
    'http',
    'errors',
    'shared',
    'config/host-matcher',
    'doors/undici',
    'default-instance',
    'type:create-cachette',
  ],
  testing: ['model', 'errors', 'shared', 'type:config', 'create-cachette'],
  instance: [
    'model',
    'http',
    'config',
    'decide',
    'engine',
    'errors',
    'events',
    'shared',
    'stores',
    'doors/service',
  ],
  providers: ['model', 'shared', 'errors', 'doors/service'],
  demo: ['model', 'shared', 'errors'],
  admin: [
    'model',
    'shared',
    'errors',
    'create-cachette',
    'default-instance',
    'type:instance',
    'type:doors/service',
  ],
  cli: ['admin', 'model', 'shared', 'errors', 'demo', 'type:http'],
}

/** Files at the top of src/: the wiring and the public names. */
const WIRING = ['index', 'create-cachette', 'default-instance']

interface Import {
  readonly from: string
  readonly target: string
  readonly isTypeOnly: boolean
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replaceAll('\\', '/'))
const sources = files.filter((name) => !name.endsWith('.test.ts'))

function roomOf(name: string): string {
  const [first = '', second = ''] = name.split('/')
  return first === 'doors' ? `${first}/${second}` : first.replace(/\.ts$/, '')
}

function importsOf(name: string): Import[] {
  const path = join(src, name)
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ESNext, true)
  const found: Import[] = []
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined
    ) {
      found.push({ from: name, target: textOf(node.moduleSpecifier), isTypeOnly: isTypeOnly(node) })
    }
    if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword &&
      node.arguments[0]
    ) {
      found.push({ from: name, target: textOf(node.arguments[0]), isTypeOnly: false })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

function textOf(node: ts.Node): string {
  return ts.isStringLiteral(node) ? node.text : node.getText()
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly
  const clause = node.importClause
  if (clause === undefined) return false
  if (clause.isTypeOnly) return true
  const named = clause.namedBindings
  return (
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.every((element) => element.isTypeOnly)
  )
}

function ours({ from, target }: Import): string | undefined {
  if (!target.startsWith('.')) return undefined
  return relative(src, resolve(src, dirname(from), target))
    .replaceAll('\\', '/')
    .replace(/\.js$/, '')
}

function isAllowed(edge: Import, target: string): boolean {
  const room = roomOf(edge.from)
  if (WIRING.includes(room)) return true
  if (roomOf(target) === room) return true
  return (ALLOWED[room] ?? []).some((rule) => {
    const isTypeRule = rule.startsWith('type:')
    const place = isTypeRule ? rule.slice(5) : rule
    return (target === place || target.startsWith(`${place}/`)) && (!isTypeRule || edge.isTypeOnly)
  })
}

const edges = sources.flatMap(importsOf)

describe('the rooms of src/', () => {
  it('are all known here', () => {
    const rooms = new Set(sources.map(roomOf).filter((room) => !WIRING.includes(room)))
    expect([...rooms].filter((room) => !(room in ALLOWED))).toEqual([])
  })

  it('import only what they may', () => {
    const wrong = edges.flatMap((edge) => {
      const target = ours(edge)
      return target === undefined || isAllowed(edge, target) ? [] : [`${edge.from} → ${target}`]
    })
    expect(wrong).toEqual([])
  })

  it('keep model, http and decide free of I/O, clocks and packages but for structured fields and the types of schemas', () => {
    const pure = edges.filter(({ from }) => ['model', 'http', 'decide'].includes(roomOf(from)))
    const isGrammar = ({ from, target, isTypeOnly: isType }: Import): boolean =>
      (roomOf(from) === 'http' && target === 'structured-headers') ||
      (isType && target === '@standard-schema/spec')
    expect(
      pure
        .filter((edge) => !edge.target.startsWith('.') && !isGrammar(edge))
        .map(({ from, target }) => `${from} → ${target}`),
    ).toEqual([])
    const timed = sources
      .filter((name) => ['model', 'http', 'decide'].includes(roomOf(name)))
      .filter((name) =>
        /\b(Date\.now|new Date\(\)|performance\.|process\.|setTimeout|Math\.random)/.test(
          stripComments(read(name)),
        ),
      )
    expect(timed).toEqual([])
  })

  it('let a profile be data: it knows neither the service class nor the network', () => {
    const profiles = edges.filter(({ from }) => /^providers\/\w+\/(profile|classify|popular)\.ts$/.test(from))
    const wrong = profiles.flatMap((edge) => {
      const target = ours(edge)
      return target === undefined || /^(model|shared|providers)\//.test(target)
        ? []
        : [`${edge.from} → ${target}`]
    })
    expect(wrong).toEqual([])
    const services = edges.flatMap((edge) => (edge.from.startsWith('doors/') ? [ours(edge) ?? ''] : []))
    expect(services.filter((target) => target.startsWith('providers/'))).toEqual([])
  })

  it('read environment and clock in few places only', () => {
    const readers = sources.filter((name) => /\bprocess\.env\b/.test(stripComments(read(name))))
    expect(
      readers.filter(
        (name) =>
          !/^(config|cli|admin|demo|doors\/register)\/|^(default-instance|create-cachette)\.ts$/.test(name),
      ),
    ).toEqual([])
  })
})

describe('the files of src/', () => {
  it(`have at most ${MAX_LINES} lines`, () => {
    const long = files.filter(
      (name) => !TABLES.includes(name) && read(name).split('\n').length > MAX_LINES + 1,
    )
    expect(long).toEqual([])
  })

  it(`lie at most ${MAX_DEPTH} folders deep`, () => {
    expect(files.filter((name) => name.split('/').length - 1 > MAX_DEPTH)).toEqual([])
  })

  it('are named in kebab-case after what they export', () => {
    const wrong = files.filter((name) => {
      const bare = basename(name).replace(/(\.test)?\.ts$/, '')
      const isVague =
        /^(utils?|helpers?|common|misc|types)$/.test(bare) && !/^providers\/\w+\/types\.ts$/.test(name)
      return isVague || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(bare)
    })
    expect(wrong).toEqual([])
  })

  it('open with a sentence that says what they do', () => {
    expect(sources.filter((name) => !/^(#!.*\n)?\/\/ \S/.test(read(name)))).toEqual([])
  })

  it('carry no left-over markers and no untyped holes', () => {
    const marked = files.filter((name) =>
      /\b(TODO|FIXME|XXX)\b|@ts-ignore|@ts-nocheck|\bas any\b|: any\b/.test(read(name)),
    )
    expect(marked).toEqual([])
  })
})

function read(name: string): string {
  return readFileSync(join(src, name), 'utf8')
}

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '')
}
