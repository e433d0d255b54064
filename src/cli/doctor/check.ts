// One thing that the doctor looked at.

/** What a check found. `advice` says what to do where it is not ok. */
export interface Check {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly detail: string
  readonly advice?: string
}

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail }
}

export function warn(name: string, detail: string, advice: string): Check {
  return { name, status: 'warn', detail, advice }
}

export function fail(name: string, detail: string, advice: string): Check {
  return { name, status: 'fail', detail, advice }
}
