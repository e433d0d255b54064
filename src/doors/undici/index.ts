// The public names of `cachette/undici`.
export { cacheInterceptor } from './cache-interceptor.js'
