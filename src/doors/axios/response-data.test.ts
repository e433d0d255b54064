import axios, { AxiosHeaders } from 'axios'
import { expect, it } from 'vitest'
import { createArrivedBody, missWith } from '../../../test/helpers/arrived-body.js'
import type { AnswerBody } from '../../model/answer-body.js'
import type { CacheRequest } from '../../model/cache-request.js'
import { responseData } from './response-data.js'

const REQUEST: CacheRequest = {
  door: 'axios',
  service: 'my_service',
  url: 'https://api.example.com/',
  method: 'GET',
  headers: [],
  options: {},
  transport: () => Promise.reject(new Error('nothing is asked')),
}

function dataOf(body: AnswerBody, maxContentLength: number): unknown {
  const config = { headers: new AxiosHeaders(), maxContentLength }
  return responseData(missWith(body), { axios, config, request: REQUEST, isFrozen: false, signal: undefined })
}

it('a body that has come whole is given at once and let go of', () => {
  const { body, left } = createArrivedBody('all of it')
  expect(dataOf(body, -1)).toBe('all of it')
  expect(left()).toBe(1)
})

it('a body that has come whole and is too long is let go of', () => {
  const { body, left } = createArrivedBody('all of it')
  expect(() => dataOf(body, 3)).toThrow('maxContentLength')
  expect(left()).toBe(1)
})
