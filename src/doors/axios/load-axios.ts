// axios itself, loaded with the first call: an app that uses another door need not have it.
import { createRequire } from 'node:module'
import type { AxiosStatic } from 'axios'
import { configError } from '../../errors/cachette-error.js'

let loading: Promise<AxiosStatic> | undefined

/**
 * Checks that the package is there.
 *
 * @throws CachetteError `CACHETTE_CONFIG` where it is not installed
 */
export function checkAxios(): void {
  try {
    createRequire(import.meta.url).resolve('axios')
  } catch (error) {
    throw configError('cachette/axios needs the package axios, 1.7 or later; run: npm install axios', error)
  }
}

/** The package; every call gives the same promise. */
export function loadAxios(): Promise<AxiosStatic> {
  loading ??= import('axios').then((module) => module.default)
  return loading
}
