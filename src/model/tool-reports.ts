// What an instance tells its tools beside entries and figures.

/** A service as tools see it. */
export interface ServiceInfo {
  readonly name: string
  readonly baseURL?: string
  /** More hosts that belong to it. */
  readonly hosts: readonly string[]
  readonly hasCredentials: boolean
  /** What to set where credentials are missing: all of these; alternatives stand as `A or B`. */
  readonly missing: readonly string[]
  /** Paths below the base URL that warm-up asks for, most popular first. */
  readonly popular: readonly string[]
}

/** What was cleaned. */
export interface CleanReport {
  readonly removed: number
  /** Stale entries that stay, since they may still stand in for a failing origin. */
  readonly staleKept: number
}
