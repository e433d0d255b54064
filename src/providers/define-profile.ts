// Freezes a profile all the way down, so that nothing that reads it can change it for the others.
import type { Profile } from '../model/profile.js'

/** The same profile, deeply frozen. */
export function defineProfile(profile: Profile): Profile {
  freezeDeeply(profile)
  return profile
}

function freezeDeeply(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  Object.freeze(value)
  for (const child of Object.values(value)) freezeDeeply(child)
}
