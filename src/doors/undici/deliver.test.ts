import { expect, it } from 'vitest'
import { createArrivedBody, missWith } from '../../../test/helpers/arrived-body.js'
import { Call } from './call.js'
import { deliver } from './deliver.js'

it('a body that has come whole is delivered in one piece and let go of', () => {
  const { body, left } = createArrivedBody('all of it')
  const told: string[] = []
  const call = new Call({
    onRequestStart: () => undefined,
    onResponseStart: (_controller, status) => void told.push(String(status)),
    onResponseData: (_controller, chunk) => void told.push(chunk.toString()),
    onResponseEnd: () => void told.push('end'),
  })
  call.start()
  deliver(call, 'GET', missWith(body))
  expect(told).toEqual(['200', 'all of it', 'end'])
  expect(left()).toBe(1)
})
