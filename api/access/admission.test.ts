import { describe, expect, it } from 'vitest'
import { createAdmission } from './admission.ts'

/** A request that no browser sends. */
const ASKED = { host: 'localhost', origin: null, site: null, isVisit: false }

describe('admission', () => {
  it('reads names and addresses in every spelling of them, brackets and ports included', () => {
    let names = ['Box', '192.168.0.7', 'fd00::7', '[fd00:0:0::8]']
    const admission = createAdmission({ hostNames: () => names })
    const status = (host: string) => admission.refusal({ ...ASKED, host })?.status ?? 200
    for (const host of [
      'localhost',
      'localhost.:80',
      '[::1]',
      '[0:0:0:0:0:0:0:1]:4400',
      'BOX:4400',
      '192.168.0.7:1',
      '[fd00::7]:4400',
      '[FD00:0::0007]',
      '[fd00::8]',
    ])
      expect([host, status(host)]).toEqual([host, 200])
    for (const host of [
      'box.evil.example',
      'fd00::7',
      '[fd00::9]',
      '192.168.0.70',
      '',
      '[]',
      'a b',
    ])
      expect([host, status(host)]).toEqual([host, 421])
    names = []
    expect(status('box')).toBe(421)
  })

  it('lets pages of the same names read, and those of Origins that are named', () => {
    const admission = createAdmission({
      hostNames: () => ['world.example'],
      origins: ['https://dash.example'],
    })
    const status = (origin: string) => admission.refusal({ ...ASKED, origin })?.status ?? 200
    for (const origin of [
      'https://world.example:8443',
      'http://localhost:3000',
      'https://dash.example',
    ])
      expect([origin, status(origin), admission.mayRead(origin)]).toEqual([origin, 200, true])
    for (const origin of [
      'https://other.example',
      'http://dash.example',
      'https://dash.example:1',
      'null',
    ])
      expect([origin, status(origin), admission.mayRead(origin)]).toEqual([origin, 403, false])
  })

  it('does no work for pages of other sites that say no Origin, but for links to the dashboard', () => {
    const admission = createAdmission()
    const status = (site: string, isVisit: boolean) =>
      admission.refusal({ ...ASKED, site, isVisit })?.status ?? 200
    expect(['cross-site', 'same-site'].map((site) => status(site, false))).toEqual([403, 403])
    expect(['cross-site', 'same-site'].map((site) => status(site, true))).toEqual([200, 200])
    expect(['same-origin', 'none'].map((site) => status(site, false))).toEqual([200, 200])
    const page = { ...ASKED, origin: 'http://localhost:3000', site: 'cross-site' }
    expect(admission.refusal(page)).toBeNull()
  })
})
