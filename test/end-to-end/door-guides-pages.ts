// The pages on doors, freshness and behaviour under trouble as their tests read them: text, tables, names, programs.
import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect } from 'vitest'

export const ROOT = resolve(import.meta.dirname, '../..')

/** The guides on behaviour under trouble and at scale that have programs. */
const TROUBLE = [
  ...['stale-answers', 'timeouts', 'poison-guard', 'coalescing'],
  ...['tiers', 'redis', 'operations', 'scale'],
]

/** Their paths below {@link ROOT}. */
export const PAGES: readonly string[] = [
  ...['fetch', 'undici', 'axios', 'register', 'freshness', 'not-cached', 'purging', ...TROUBLE].map(
    (name) => `docs/guide/${name}.md`,
  ),
  ...readdirSync(join(ROOT, 'docs/recipes')).map((name) => `docs/recipes/${name}`),
]

/** Every page for readers, with programs or without. */
export const ALL_PAGES: readonly string[] = [
  ...['guide', 'recipes'].flatMap((folder) =>
    readdirSync(join(ROOT, 'docs', folder)).map((name) => `docs/${folder}/${name}`),
  ),
  ...['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md'],
]

/** The text of a file below {@link ROOT}. */
export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** The text of a guide, by its name. */
export const guide = (name: string): string => textOf(`docs/guide/${name}.md`)

/** What stands in backticks. */
export const codes = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)

/** What stands in a guide between a comment of that name and the next `end`; there may be several. */
export function marked(page: string, name: string): string {
  const between = new RegExp(`<!-- ${name} -->([\\s\\S]*?)<!-- end -->`, 'g')
  const found = [...guide(page).matchAll(between)]
  expect(found.length, `${name} in ${page}.md`).toBeGreaterThan(0)
  return found.map(([, text = '']) => text).join('\n')
}

/** The cells of marked tables' rows, without their heads. */
export function rows(page: string, name: string): string[][] {
  const lines = marked(page, name)
    .split('\n')
    .filter((line) => line.startsWith('|'))
  const isRule = (line: string | undefined): boolean => line?.startsWith('|-') === true
  return lines
    .filter((line, at) => !isRule(line) && !isRule(lines[at + 1]))
    .map((line) => line.slice(2, -2).split(' | '))
}

/** A program on a page. */
export interface Program {
  readonly page: string
  /** A file's name. */
  readonly name: string
  readonly language: string
  readonly code: string
  /** What the page says that it prints; undefined where it says nothing. */
  readonly output: string | undefined
}

/** The programs of a page: blocks that begin with a file's name, each with the block of output behind it, if any. */
export function programsOf(page: string): readonly Program[] {
  const block = /```(ts|js)\n\/\/ (\S+)\n([\s\S]*?)```(?:\n\n```\n([^$][\s\S]*?)```)?/g
  return [...textOf(page).matchAll(block)].map(([, language = '', name = '', code = '', output]) => {
    return { page, name, language, code, output }
  })
}

/** The anchors of a page's headings. */
export function anchorsOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const bare = heading.toLowerCase().replace(/[^\w\s-]/g, '')
    return bare.trim().replaceAll(' ', '-')
  })
}
