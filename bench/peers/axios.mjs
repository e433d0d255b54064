// The copy of axios that Cachette's adapter loads in this checkout: all who are compared run over one, as in an application.
export { default } from '../../node_modules/axios/index.js'
