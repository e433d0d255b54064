// Runs a schema over what people wrote and turns the first complaint into one sentence.
import * as v from 'valibot'
import { configError } from '../errors/cachette-error.js'
import { suggestName } from './nearest-name.js'

/** A value as messages show it. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(withoutSecrets(value))
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null)
    return kindOf(value) === 'Object' ? 'an object' : `a ${kindOf(value)}`
  return String(value)
}

/** A URL, however it is misspelt, without what may be userinfo and the values of its query; other text as it is. */
function withoutSecrets(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) return text
  return text.replace(/:(\/*).*@/s, ':$1REDACTED@').replace(/([?&][^=&#]*=)[^&#]*/g, '$1REDACTED')
}

/** Names that may stand in an object but do not work yet, with the value that changes nothing. */
export type LaterNames = ReadonlyMap<string, unknown>

type ObjectOf<Entries extends v.ObjectEntries> = v.GenericSchema<
  v.InferInput<v.ObjectSchema<Entries, undefined>>,
  v.InferOutput<v.ObjectSchema<Entries, undefined>>
>

/** An object of known options: a misspelt name is refused with its nearest neighbour. */
export function optionsObject<const Entries extends v.ObjectEntries>(
  entries: Entries,
  { later = new Map(), form = 'an object' }: { later?: LaterNames; form?: string } = {},
): ObjectOf<Entries> {
  const known = Object.keys(entries)
  const schema = v.looseObject(entries, (issue) => (issue.path === undefined ? form : '!it must be given'))
  const checked = v.pipe(
    schema,
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return
      const given: Record<string, unknown> = dataset.value
      for (const name of Object.keys(given)) {
        if (Object.hasOwn(entries, name)) continue
        const value = given[name]
        if (later.has(name)) {
          if (value === undefined || value === later.get(name)) continue
          addIssue({ message: `!option "${name}" is not in this version of cachette; leave it out` })
        } else addIssue({ message: `!unknown option "${name}"${suggestName(name, known)}` })
      }
    }),
  )
  return onPlainObjects(checked, form) as unknown as ObjectOf<Entries>
}

/** An object with a value of one kind under each name. */
export function namedValues<const Value extends v.GenericSchema>(
  value: Value,
  form: string,
): v.GenericSchema<Record<string, v.InferInput<Value>>, Record<string, v.InferOutput<Value>>> {
  return onPlainObjects(v.record(v.string(), value, form), form)
}

/** The schema, for objects of names and values alone: by itself it would read a list or a Map as an empty object. */
function onPlainObjects<const Schema extends v.GenericSchema>(schema: Schema, form: string): Schema {
  const nothing = v.never(form) as unknown as Schema
  return v.lazy((value) => (kindOf(value) === 'Object' ? schema : nothing)) as unknown as Schema
}

function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}

/** A value that `read` understands; `form` says what was expected. */
export function readable<Output>(
  read: (value: unknown) => Output | undefined,
  form: string,
): v.GenericSchema<unknown, Output> {
  return v.pipe(
    v.unknown(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const output = read(dataset.value)
      if (output !== undefined) return output
      addIssue({ message: form })
      return NEVER
    }),
  )
}

/**
 * Checks what people wrote.
 *
 * @param root what messages call the whole, such as `createCachette options`
 * @throws CachetteError `CACHETTE_CONFIG` naming the place, the value and what was expected
 */
export function checkShape<Output>(
  schema: v.GenericSchema<unknown, Output>,
  value: unknown,
  root: string,
): Output {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const issue = result.issues[0]
  const place = [root, v.getDotPath(issue)].filter(Boolean).join(': ')
  throw configError(
    issue.message.startsWith('!')
      ? `${place}: ${issue.message.slice(1)}`
      : `${place} is ${describeValue(issue.input)}; expected ${issue.message}`,
  )
}
