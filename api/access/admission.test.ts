import { describe, expect, it } from 'vitest'
import { createAdmission } from './admission.ts'

describe('admission', () => {
  it('reads names and addresses in every spelling of them, brackets and ports included', () => {
    let names = ['Box', '192.168.0.7', 'fd00::7', '[fd00:0:0::8]']
    const admission = createAdmission(() => names)
    const status = (host: string) => admission(host, null)?.status ?? 200
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

  it('lets pages of the same names read', () => {
    const admission = createAdmission(() => ['world.example'])
    expect(admission(null, 'https://world.example')).toBeNull()
    expect(admission(null, 'https://world.example:8443')).toBeNull()
    expect(admission(null, 'https://other.example')).toMatchObject({ status: 403 })
    expect(admission(null, 'null')).toMatchObject({ status: 403 })
  })
})
