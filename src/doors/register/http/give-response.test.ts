import { expect, it } from 'vitest'
import { createArrivedBody } from '../../../../test/helpers/arrived-body.js'
import { AnswerSocket } from './answer-socket.js'
import { giveResponse } from './give-response.js'

it.each([
  ['its length', [['Content-Length', '9']], 'all of it'],
  ['no length', [], '9\r\nall of it\r\n0\r\n\r\n'],
] as const)('a body that has come whole, with %s told, is given and let go of', async (_, headers, sent) => {
  const { body, left } = createArrivedBody('all of it')
  const socket = new AnswerSocket(() => undefined)
  const given: Buffer[] = []
  socket.on('data', (piece: Buffer) => given.push(piece))
  await giveResponse(socket, 'GET', { status: 200, statusText: undefined, headers, body })
  await new Promise(setImmediate)
  expect(Buffer.concat(given).toString().split('\r\n\r\n').slice(1).join('\r\n\r\n')).toBe(sent)
  expect(left()).toBe(1)
})
