// Settings come in layers; the later one wins, name by name, and each value remembers its layer.
import type { KeyOptions } from '../model/policy.js'
import type { CheckedSettings } from './service-options.js'

/** Settings of one level, and what `explain` calls it. */
export interface Layer {
  readonly from: string
  readonly settings: CheckedSettings
}

/** Settings after precedence. */
export interface Merged {
  readonly settings: CheckedSettings
  readonly sources: Readonly<Record<string, string>>
}

/** Merges layers, weakest first. Headers, parameters and lists of the key add up; everything else replaces. */
export function mergeLayers(layers: readonly Layer[]): Merged {
  const settings: Record<string, unknown> = {}
  const sources: Record<string, string> = {}
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer.settings)) {
      if (value === undefined) continue
      settings[name] = combine(name, settings[name], value)
      sources[name] = layer.from
    }
  }
  return { settings: settings as CheckedSettings, sources }
}

function combine(name: string, below: unknown, above: unknown): unknown {
  if (below === undefined) return above
  if (name === 'headers' || name === 'params') return { ...(below as object), ...(above as object) }
  if (name === 'key') return combineKeys(below as KeyOptions, above as KeyOptions)
  return above
}

function combineKeys(below: KeyOptions, above: KeyOptions): KeyOptions {
  const merged: Record<string, unknown> = { ...below }
  for (const [name, value] of Object.entries(above)) {
    const beneath = merged[name]
    merged[name] =
      Array.isArray(beneath) && Array.isArray(value) ? [...new Set([...beneath, ...value])] : value
  }
  return merged
}
