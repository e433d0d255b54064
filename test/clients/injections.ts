// Which clients take a transport of their program's, and as what; which do not, and why.

/** Where an instance is put into a client, or why it cannot be. */
export type Injection = { readonly as: string } | { readonly whyNot: string }

const AGENT_ALONE = 'takes an agent alone, which gives sockets and no responses'

/** By the name of the program, without its folder and ending. */
export const INJECTIONS: Readonly<Record<string, Injection>> = {
  axios: { as: 'adapter: createCachedAdapter(cachette)' },
  'axios-fetch': { as: 'env: { fetch: cachette.fetch }' },
  got: { as: 'request: undici.request below the interceptor, its body with the status and the headers' },
  ky: { as: 'fetch: cachette.fetch' },
  'openapi-fetch': { as: 'fetch: cachette.fetch' },
  undici: { as: 'dispatcher: agent.compose(cacheInterceptor(cachette))' },
  'global-fetch': { as: 'setGlobalDispatcher(agent.compose(cacheInterceptor(cachette)))' },
  'spotify-web-api-ts-sdk': { as: 'fetch: cachette.fetch, for all but its token' },
  'tmdb-ts': { as: 'fetch: cachette.fetch' },
  'moviedb-promise': { as: 'adapter: createCachedAdapter(cachette), with each call' },
  'googleapis-books': { as: 'fetchImplementation: cachette.fetch' },
  'spotify-web-api-node': { whyNot: 'asks with a superagent of its own and takes nothing for it' },
  'google-books-search': { whyNot: 'asks with node:https and takes no agent' },
  'node-fetch': { whyNot: AGENT_ALONE },
  'cross-fetch': { whyNot: `is node-fetch in Node: ${AGENT_ALONE}` },
  'https-request': { whyNot: AGENT_ALONE },
  'http-get': { whyNot: AGENT_ALONE },
  'named-imports': { whyNot: AGENT_ALONE },
  'require-https': { whyNot: AGENT_ALONE },
}
