import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readBlockYaml, type Yaml } from './block-yaml.testing.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const file = path.join(root, 'docker-compose.yml')
const source = readFileSync(file, 'utf8')

const membersOf = (value: Yaml | undefined): Readonly<Record<string, Yaml>> =>
  typeof value === 'object' && !Array.isArray(value)
    ? (value as Readonly<Record<string, Yaml>>)
    : {}
const itemsOf = (value: Yaml | undefined): readonly Yaml[] => (Array.isArray(value) ? value : [])

const compose = membersOf(readBlockYaml(source))
const services = Object.entries(membersOf(compose.services)).map(([name, value]) => ({
  name,
  ...membersOf(value),
}))
type Service = Readonly<Record<string, Yaml>> & Readonly<{ name: string }>
const servers = services.filter(({ name }) => name !== 'eventstoredb-certificates')

/** What each image brings along to ask for its health. */
const HEALTH_PROGRAMS: Readonly<Record<string, string>> = {
  'eventstore/eventstore': 'curl',
  'postgis/postgis': 'pg_isready',
  nats: 'wget', // of Alpine; the plain image has no program but the server
  redis: 'redis-cli',
}

/** Texts within a value. */
const textsIn = (value: Yaml): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : Object.values(value).flatMap((member: Yaml) => textsIn(member))

describe('docker-compose.yml', () => {
  it('has the services of full mode, and core is the log and the database', () => {
    const inProfile = (profile: string) =>
      services
        .filter((service: Service) => itemsOf(service.profiles).includes(profile))
        .map(({ name }) => name)
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
    for (const port of itemsOf(ports))
      expect(port).toMatch(/^127\.0\.0\.1:\$\{CHRONOHEX_[A-Z]+_PORT:-\d+\}:\d+$/)
  })

  it.each(servers)(
    'checks the health of $name and keeps its data in a named volume',
    (service: Service) => {
      const { healthcheck, volumes, restart } = service
      const { test, interval, timeout, retries } = membersOf(healthcheck)
      expect(itemsOf(test).length).toBeGreaterThan(1)
      expect([interval, timeout]).toEqual([
        expect.stringMatching(/^\d+s$/),
        expect.stringMatching(/^\d+s$/),
      ])
      expect(Number(retries)).toBeGreaterThan(0)
      expect(restart).toBe('unless-stopped')
      const named = itemsOf(volumes).map((volume) => String(volume).split(':')[0] ?? '')
      expect(named.length).toBeGreaterThan(0)
      expect(Object.keys(membersOf(compose.volumes))).toEqual(expect.arrayContaining(named))
    },
  )

  it.each(servers)(
    'gives $name a password from the environment, in no command line, and knows no other',
    (service: Service) => {
      const required = /^\$\{CHRONOHEX_[A-Z]+_PASSWORD:\?[^}]+\}$/
      const environment = Object.entries(membersOf(service.environment))
      const passwords = environment.filter(([name]) => /PASS|AUTH$/.test(name))
      expect(passwords.length).toBeGreaterThan(0)
      for (const [, value] of passwords) expect(value).toMatch(required)
      const commands = textsIn([
        service.command ?? '',
        service.entrypoint ?? '',
        membersOf(service.healthcheck).test ?? '',
      ])
      // Nothing that Compose itself would fill in.
      expect(commands.join('\n').replaceAll('$$', '')).not.toContain('$')
      expect(source).not.toMatch(/:-[^}]*(pass|secret|changeit)/i)
      expect(textsIn(service).join(' ')).not.toMatch(/changeit|insecure|trust(?!ed_root|ed)/i)
    },
  )

  it.each(servers)(
    'asks $name for its health by a program that its image has',
    ({ image, healthcheck }: Service) => {
      const [kind, command] = itemsOf(membersOf(healthcheck).test)
      const program = String(command).split(' ')[0] ?? ''
      expect(HEALTH_PROGRAMS[String(image).split(':')[0] ?? '']).toBe(program)
      expect(kind).toBe(program === 'redis-cli' ? 'CMD-SHELL' : 'CMD') // the others need no shell
    },
  )

  it.each(services)('lets $name gain no rights, and bounds what it logs', (service: Service) => {
    if (service.network_mode === 'none') return
    expect(itemsOf(service.security_opt)).toEqual(['no-new-privileges:true'])
    // Rotates; the default driver grows for ever.
    expect(membersOf(service.logging).driver).toBe('local')
  })

  it('asks for nothing that .env.example and the README do not tell', () => {
    const [example, readme] = ['.env.example', 'README.md'].map((name) =>
      readFileSync(path.join(root, name), 'utf8'),
    )
    const asked = [...source.matchAll(/\$\{(CHRONOHEX_\w+):([?-])([^}]*)\}/g)]
    expect(asked).toHaveLength(source.match(/(?<!\$)\$\{/g)?.length ?? 0)
    for (const [, name, kind, value] of asked)
      expect(example).toContain(`\n#${name}=${kind === '-' ? value : ''}\n`)
    const url =
      /esdb:\/\/admin:PASSWORD@127\.0\.0\.1:2113\?tlsCAFile=\S+\.crt/.exec(source)?.[0] ?? 'no URL'
    for (const document of [example, readme]) expect(document).toContain(url)
    const copied = /docker compose .* cp .*/.exec(source)?.[0] ?? 'no command'
    expect(readme).toContain(copied)
  })

  it.each([
    [
      'nats',
      'authorization { user: chronohex, password: "sEcret0" }',
      ['--jetstream', '--store_dir', '/data'],
    ],
    ['redis', 'requirepass "sEcret0"', ['--appendonly', 'yes']],
  ])('starts %s with its password in a file of its own', (name, setting, words) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'chx-compose-'))
    try {
      const program = `#!/bin/sh\nfor word; do case $word in *.conf) ls -l $word | cut -c1-10; cat $word ;; esac; done\necho "$@"\n`
      writeFileSync(path.join(folder, `${name}-server`), program, { mode: 0o755 })
      const service = services.find((some) => some.name === name) as Service
      const [shell = '', ...flags] = itemsOf(service.entrypoint).map(String)
      const script = String(itemsOf(service.command)[0])
        .replaceAll('$$', '$')
        .replaceAll('/tmp/', `${folder}/`)
      const env = {
        PATH: `${folder}:${process.env.PATH}`,
        PASSWORD: 'sEcret0',
        REDISCLI_AUTH: 'sEcret0',
      }
      const { stdout, stderr, status } = spawnSync(shell, [...flags, script], {
        env,
        encoding: 'utf8',
      })
      expect([stderr, status]).toEqual(['', 0])
      const [rights, content, line = ''] = stdout.split('\n')
      expect([rights, content]).toEqual(['-rw-------', setting])
      expect(line.split(' ')).toEqual(expect.arrayContaining(words))
      expect(line).not.toContain('sEcret0')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('is read by Docker Compose as it is read here, where there is one', ({ skip }) => {
    const passwords = ['EVENTSTOREDB', 'POSTGRES', 'NATS', 'REDIS'].map((name) => [
      `CHRONOHEX_${name}_PASSWORD`,
      'x',
    ])
    const env = { ...process.env, ...Object.fromEntries(passwords) }
    if (spawnSync('docker', ['compose', 'version']).status !== 0)
      skip('Docker Compose is not installed')
    const args = ['compose', '--file', file, '--profile', 'full', 'config', '--services']
    const { status, stdout, stderr } = spawnSync('docker', args, { env, encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout.trim().split('\n').toSorted()).toEqual(
      services.map(({ name }) => name).toSorted(),
    )
    const bare = spawnSync('docker', args, { env: { PATH: process.env.PATH }, encoding: 'utf8' })
    expect(bare.status).not.toBe(0)
  })
})

describe('the reader of compose files', () => {
  it.each([
    'a: {b: c}',
    'a: "b"',
    'a: &b c',
    'a: 1\na: 2',
    'a:\n  b: c\n d: e',
    '- a\nb: c',
    'a: b: c',
  ])('refuses what it would misread: %j', (text) => {
    expect(() => readBlockYaml(text)).toThrow(/line \d/)
  })

  it('reads maps, lists, texts and comments', () => {
    expect(
      readBlockYaml(
        "# x\na:\n  - b\n  - 'c: d'\ne:\n  f: [g, h]\n  i:\n    - |\n      j\n      k\nl:\n",
      ),
    ).toEqual({
      a: ['b', 'c: d'],
      e: { f: ['g', 'h'], i: ['j\nk'] },
      l: '',
    })
  })
})
