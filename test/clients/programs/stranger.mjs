// Asks at a host that the origin has no certificate for.
import { twice } from './rounds.mjs'

await twice({ stranger: () => fetch('https://example.com/') })
