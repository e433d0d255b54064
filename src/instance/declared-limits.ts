// The limits of the declared services, as their settings have them where no rule says otherwise.
import type { PolicyResolver } from '../config/policy-resolver.js'
import type { ResolvedConfig } from '../config/resolve-config.js'
import type { BudgetRule } from '../model/limits.js'
import { servicesOf } from './services.js'

/** A service with its limits. */
export interface DeclaredService {
  readonly service: string
  readonly quotas: readonly BudgetRule[]
  readonly rateLimits: readonly BudgetRule[]
}

/** A URL that matches no rule of any service. */
const NOWHERE = new URL('http://nowhere.invalid/')

/** Those of every declared service, and of those that ship with the package. */
export function declaredLimits(config: ResolvedConfig, policyOf: PolicyResolver): readonly DeclaredService[] {
  return servicesOf(config).map(({ name }) => {
    const question = { service: config.service(name), url: NOWHERE, callTtlMs: undefined, isHttp: false }
    const { quotas, rateLimits } = policyOf(question)
    return { service: name, quotas, rateLimits }
  })
}
