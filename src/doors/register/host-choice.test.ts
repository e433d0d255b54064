import { describe, expect, it } from 'vitest'
import { compileHostChoice } from './host-choice.js'

const hostOf = (url: string): string => new URL(url).host

describe('the choice of hosts', () => {
  it.each([
    'http://localhost',
    'http://localhost:8080',
    'http://LOCALHOST.',
    'http://api.localhost:3000',
    'http://127.0.0.1',
    'http://127.8.9.10:80',
    'http://2130706433:3000',
    'http://[::1]',
    'http://[0:0:0:0:0:0:0:1]:3000',
    'http://[::ffff:127.0.0.1]:3000',
  ])('leaves %s alone where none is named', (url) => {
    expect(compileHostChoice(undefined)(hostOf(url))).toBe(false)
  })

  it.each([
    'https://api.example.com',
    'http://localhost.example.com',
    'http://10.0.0.1:8080',
    'http://[2001:db8::1]',
    'http://127.0.0.1.example.com',
    'http://notlocalhost',
  ])('takes %s where none is named', (url) => {
    expect(compileHostChoice(undefined)(hostOf(url))).toBe(true)
  })

  it('takes what is named and nothing else', () => {
    const isChosen = compileHostChoice(['localhost:8080', '*.example.com', 'api.example.org'])
    const taken = ['http://localhost:8080', 'https://a.b.example.com', 'https://api.example.org:8443']
    const left = ['http://localhost', 'https://example.com', 'http://localhost:9090', 'https://other.test']
    expect(taken.map((url) => isChosen(hostOf(url)))).toEqual([true, true, true])
    expect(left.map((url) => isChosen(hostOf(url)))).toEqual([false, false, false, false])
  })
})
