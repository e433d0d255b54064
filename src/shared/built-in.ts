// Node's own modules, without what `import` would make of them: from Node 22 on, an import of node:http loads Node's
// undici for three names that are kept there, and a program that never needs it would start 40 ms later.

/** A module of Node's, as its CommonJS programs see it. */
export const builtIn = process.getBuiltinModule.bind(process) as typeof process.getBuiltinModule
