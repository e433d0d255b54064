// Freshness as the HTTP standard has it, bent only by the settings made for it. Pure. https://www.rfc-editor.org/rfc/rfc9111
import type { FreshnessPolicy } from '../freshness-policy.js'
import { judge } from './judgement.js'
import { rescue } from './rescue.js'
import { assess } from './storability.js'

/** `http` freshness. */
export const httpFreshness: FreshnessPolicy = Object.freeze({ judge, assess, rescue })
