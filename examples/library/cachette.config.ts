// A config file: what the default instance and the command line read, from the working folder upwards.
import { defineConfig } from 'cachette'

export default defineConfig({
  store: { type: 'lmdb', path: './.cachette', maxBytes: '1GB' },
  services: {
    my_service: {
      baseURL: 'https://api.example.com/v1',
      ttl: '2h',
      negativeTtl: '5m',
      rules: [{ match: '/movie/:id', ttl: '24h' }],
    },
  },
})
