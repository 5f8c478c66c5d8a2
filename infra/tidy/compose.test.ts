import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readBlockYaml, type Yaml } from './block-yaml.testing.ts'

const file = path.resolve(import.meta.dirname, '../../docker-compose.yml')
const source = readFileSync(file, 'utf8')

const membersOf = (value: Yaml | undefined): Readonly<Record<string, Yaml>> =>
  typeof value === 'object' && !Array.isArray(value) ? (value as Readonly<Record<string, Yaml>>) : {}
const itemsOf = (value: Yaml | undefined): readonly Yaml[] => (Array.isArray(value) ? value : [])

const compose = membersOf(readBlockYaml(source))
const services = Object.entries(membersOf(compose.services)).map(([name, value]) => ({ name, ...membersOf(value) }))
type Service = Readonly<Record<string, Yaml>> & Readonly<{ name: string }>
const servers = services.filter(({ name }) => name !== 'eventstoredb-certificates')

/** Texts within a value. */
const textsIn = (value: Yaml): readonly string[] =>
  typeof value === 'string' ? [value] : Object.values(value).flatMap((member: Yaml) => textsIn(member))

describe('docker-compose.yml', () => {
  it('has the services of full mode, and core is the log and the database', () => {
    const inProfile = (profile: string) =>
      services.filter((service: Service) => itemsOf(service.profiles).includes(profile)).map(({ name }) => name)
    const core = ['eventstoredb-certificates', 'eventstoredb', 'postgres']
    expect(inProfile('core')).toEqual(core)
    expect(inProfile('full')).toEqual([...core, 'nats', 'redis'])
  })

  it.each(services)('pins the image of $name to one release', ({ image }: Service) => {
    expect(image).toMatch(/^[\w./-]+:\d+(\.\d+)*([-.][\w.]+)*$/)
    expect(String(image).split(':')[1]).toMatch(/\d+[.-]\d+/)
  })

  it.each(servers)('binds $name to loopback only', ({ ports }: Service) => {
    expect(itemsOf(ports)).toHaveLength(1)
    for (const port of itemsOf(ports)) expect(port).toMatch(/^127\.0\.0\.1:\$\{CHRONOHEX_[A-Z]+_PORT:-\d+\}:\d+$/)
  })

  it.each(servers)('checks the health of $name and keeps its data in a named volume', (service: Service) => {
    const { healthcheck, volumes, restart } = service
    const { test, interval, timeout, retries } = membersOf(healthcheck)
    expect(itemsOf(test).length).toBeGreaterThan(1)
    expect([interval, timeout]).toEqual([expect.stringMatching(/^\d+s$/), expect.stringMatching(/^\d+s$/)])
    expect(Number(retries)).toBeGreaterThan(0)
    expect(restart).toBe('unless-stopped')
    const named = itemsOf(volumes).map((volume) => String(volume).split(':')[0] ?? '')
    expect(named.length).toBeGreaterThan(0)
    expect(Object.keys(membersOf(compose.volumes))).toEqual(expect.arrayContaining(named))
  })

  it.each(servers)('gives $name a password from the environment, and knows no other', (service: Service) => {
    const required = /^(--pass=)?\$\{CHRONOHEX_[A-Z]+_PASSWORD:\?[^}]+\}$/
    expect(textsIn(service).filter((text) => required.test(text)).length).toBeGreaterThan(0)
    const environment = Object.entries(membersOf(service.environment))
    for (const [name, value] of environment) if (/PASS|AUTH$/.test(name)) expect(value).toMatch(required)
    const command = itemsOf(service.command)
    for (const [at, word] of command.entries()) {
      if (/^--(requirepass|pass)$/.test(String(word))) expect(command[at + 1]).toMatch(required)
      if (/^--pass=/.test(String(word))) expect(word).toMatch(required)
    }
    expect(source).not.toMatch(/:-[^}]*(pass|secret|changeit)/i)
    expect(textsIn(service).join(' ')).not.toMatch(/changeit|insecure|trust(?!ed_root|ed)/i)
  })

  it('is read by Docker Compose as it is read here, where there is one', ({ skip }) => {
    const passwords = ['EVENTSTOREDB', 'POSTGRES', 'NATS', 'REDIS'].map((name) => [`CHRONOHEX_${name}_PASSWORD`, 'x'])
    const env = { ...process.env, ...Object.fromEntries(passwords) }
    if (spawnSync('docker', ['compose', 'version']).status !== 0) skip('Docker Compose is not installed')
    const args = ['compose', '--file', file, '--profile', 'full', 'config', '--services']
    const { status, stdout, stderr } = spawnSync('docker', args, { env, encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout.trim().split('\n').toSorted()).toEqual(services.map(({ name }) => name).toSorted())
    const bare = spawnSync('docker', args, { env: { PATH: process.env.PATH }, encoding: 'utf8' })
    expect(bare.status).not.toBe(0)
  })
})

describe('the reader of compose files', () => {
  it.each(['a: {b: c}', 'a: "b"', 'a: &b c', 'a: 1\na: 2', 'a:\n  b: c\n d: e', '- a\nb: c', 'a: b: c'])(
    'refuses what it would misread: %j',
    (text) => {
      expect(() => readBlockYaml(text)).toThrow(/line \d/)
    },
  )

  it('reads maps, lists, texts and comments', () => {
    expect(readBlockYaml("# x\na:\n  - b\n  - 'c: d'\ne:\n  f: [g, h]\n  i:\n    - |\n      j\n      k\nl:\n")).toEqual(
      {
        a: ['b', 'c: d'],
        e: { f: ['g', 'h'], i: ['j\nk'] },
        l: '',
      },
    )
  })
})
