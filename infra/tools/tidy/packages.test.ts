import { expect, it } from 'vitest'
import { packageFaults } from './packages.ts'

const manifest = {
  dependencies: { pg: '1.0.0', '@a/b': '1.0.0' },
  devDependencies: { '@types/pg': '1.0.0', '@types/node': '1.0.0', compiler: '1.0.0' },
}

it('a package is imported, describes one that is, or is a tool that is run', () => {
  expect(packageFaults(manifest, ['pg', '@a/b/c', 'node:fs', './x.ts'], ['compiler'])).toEqual([])
})

it('a package that nothing imports is found, with the types that describe it', () => {
  expect(packageFaults(manifest, ['@a/b', 'node:fs'], ['compiler'])).toEqual([
    'nothing imports pg',
    'nothing imports @types/pg',
  ])
})

it('an import of a package that is not listed is found', () => {
  expect(packageFaults(manifest, ['pg/lib', '@a/b', '@a/c', 'd/e'], ['compiler'])).toEqual([
    '@a/c is imported and not in package.json',
    'd is imported and not in package.json',
  ])
})
