import { hostname, networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { exposureOf, hostNamesOf } from './exposure.ts'

describe('the names that a bound host answers to', () => {
  it('are those that are allowed alone where only this machine reaches it', () => {
    for (const host of ['localhost', '127.0.0.1', '127.0.0.2', '::1'])
      expect(hostNamesOf({ host, allowHosts: ['a.example'] })()).toEqual(['a.example'])
  })

  it('are the machine’s own names and addresses, too, where others do', () => {
    const addresses = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ internal }) => !internal)
      .map(({ address }) => address)
    for (const host of ['0.0.0.0', '::', 'box.example']) {
      const names = hostNamesOf({ host, allowHosts: ['a.example'] })()
      expect(names).toEqual(
        expect.arrayContaining(['a.example', host, hostname().toLowerCase(), ...addresses]),
      )
    }
  })
})

describe('what the operator is told', () => {
  const MACHINE = ['10.0.0.7', 'fd00::7', 'fe80::7']

  it('is nothing where only this machine reaches the API', () => {
    for (const host of ['localhost', '127.0.0.1', '::1'])
      expect(exposureOf(host, 4400, MACHINE)).toEqual([])
  })

  it('is where the API is, and who can read there', () => {
    const [where, warning, ...more] = exposureOf('0.0.0.0', 4400, MACHINE)
    expect(where).toBe('The API is also at http://10.0.0.7:4400')
    expect(warning).toMatch(/everybody on its networks .* nothing is encrypted/)
    expect(more).toEqual([])
    expect(exposureOf('::', 1, MACHINE)[0]).toContain('http://[fd00::7]:1')
    expect(exposureOf('box.example', 1, MACHINE)[0]).toContain('http://box.example:1')
  })

  it('is named as public where it is', () => {
    const lines = exposureOf('::', 4400, [...MACHINE, '203.0.113.9', '2001:db8::9'])
    expect(lines[1]).toContain('everybody on the internet')
    expect(lines[2]).toContain('203.0.113.9, 2001:db8::9 are public addresses')
    expect(exposureOf('203.0.113.9', 4400, [])[2]).toContain('203.0.113.9 is a public address')
  })
})
