import { describe, expect, it } from 'vitest'
import type { HeaderList } from '../model/header-list.js'
import { invalidatedUrls } from './invalidated-urls.js'

const URL_OF_CALL = 'https://api.example.com/v1/items?page=1'
const named = (headers: HeaderList): readonly string[] => invalidatedUrls(URL_OF_CALL, headers)

describe('what an unsafe request makes stale besides its own URL', () => {
  it('is what Location and Content-Location name', () => {
    expect(
      named([
        ['Location', 'https://api.example.com/v1/items/7'],
        ['content-location', 'https://api.example.com/v1/latest'],
      ]),
    ).toEqual(['https://api.example.com/v1/items/7', 'https://api.example.com/v1/latest'])
  })

  it.each([
    ['/v1/items/7', 'https://api.example.com/v1/items/7'],
    ['7', 'https://api.example.com/v1/7'],
    ['?page=2', 'https://api.example.com/v1/items?page=2'],
    ['', 'https://api.example.com/v1/items?page=1'],
    ['../x', 'https://api.example.com/x'],
    ['//api.example.com:443/x', 'https://api.example.com/x'],
    ['HTTPS://API.EXAMPLE.COM/x', 'https://api.example.com/x'],
  ])('is read relative to the request: %j', (value, url) => {
    expect(named([['Location', value]])).toEqual([url])
  })

  it.each([
    'https://evil.example.com/v1/items',
    'http://api.example.com/v1/items',
    'https://api.example.com:8443/v1/items',
    '//other.example.com/x',
    'https://',
    'http://[::1',
    'mailto:somebody@example.com',
    'data:text/plain,x',
  ])('is nothing of another origin, and nothing that is no URL: %j', (value) => {
    expect(named([['Location', value]])).toEqual([])
  })

  it('is nothing where nothing is named', () => {
    expect(named([['X-Location', '/x']])).toEqual([])
  })
})
