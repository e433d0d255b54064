import { describe, expect, it } from 'vitest'
import { bodyForm, charsetOf } from './content-type.js'

describe('the form of a body', () => {
  it.each([
    ['application/json', 'json'],
    ['Application/JSON; charset=utf-8', 'json'],
    ['application/problem+json', 'json'],
    ['application/vnd.api+json;v=1', 'json'],
    ['text/plain', 'text'],
    ['TEXT/html; charset=iso-8859-1', 'text'],
    ['application/jsonp', 'bytes'],
    ['application/json-seq', 'bytes'],
    ['image/png', 'bytes'],
    ['', 'bytes'],
    [undefined, 'bytes'],
  ])('%s is %s', (type, form) => {
    expect(bodyForm(type)).toBe(form)
  })
})

describe('the charset', () => {
  it.each([
    ['text/plain; charset=ISO-8859-1', 'iso-8859-1'],
    ['text/plain;charset="utf-16"', 'utf-16'],
    ['text/plain; format=flowed; Charset = koi8-r', 'koi8-r'],
    ['text/plain', 'utf-8'],
    ['text/plain; charset=', 'utf-8'],
    [undefined, 'utf-8'],
  ])('of %s is %s', (type, charset) => {
    expect(charsetOf(type)).toBe(charset)
  })
})
