// Clients that take a transport of their program's, with an instance put into them and nothing preloaded.
import { describe, expect, it } from 'vitest'
import { describeClients } from './client-suite.js'
import { BUILT_IN, clientNameOf, HTTP_CLIENTS, INJECTED, SDKS } from './clients.js'
import { INJECTIONS } from './injections.js'

describe('the table of injections', () => {
  const namesOf = (clients: typeof INJECTED): string[] => [
    ...new Set(clients.map(({ program }) => clientNameOf(program))),
  ]

  it('names every client that is run', () => {
    expect(Object.keys(INJECTIONS).sort()).toEqual(namesOf([...SDKS, ...HTTP_CLIENTS, ...BUILT_IN]).sort())
  })

  it('says of those that are run with an instance where it is put, and of the others why it is not', () => {
    const taking = Object.entries(INJECTIONS).filter(([, injection]) => 'as' in injection)
    expect(taking.map(([name]) => name).sort()).toEqual(namesOf(INJECTED).sort())
  })
})

describeClients(INJECTED, { cache: 'injected' })
