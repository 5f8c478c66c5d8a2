/** What a file gives to others and takes from them, by its syntax. */
import { isSyntax, listIn, nameIn, nodesOf, type Reading, type Syntax } from './syntax.ts'

export type ExportFact = Readonly<{
  name: string
  line: number
  isDocumented: boolean
  kind: 'type' | 'class' | 'value'
  /** Types that its signature names: its parameters, results and members, not what it does. */
  types: readonly string[]
}>

export type ImportFact = Readonly<{
  specifier: string
  isTypeOnly: boolean
  /** Names as the other file exports them; `*` for all of them. */
  names: readonly string[]
}>

const TYPE_DECLARATIONS = new Set(['TSTypeAliasDeclaration', 'TSInterfaceDeclaration'])
const DECLARATIONS = new Set([
  ...TYPE_DECLARATIONS,
  'FunctionDeclaration',
  'ClassDeclaration',
  'VariableDeclaration',
])

/** `A` of `A`, and of `A.B`. */
const nameOfType = (name: unknown): string | null =>
  isSyntax(name) && name.type === 'TSQualifiedName' ? nameOfType(name.left) : nameIn(name)

/** Blocks are closed: what a function does inside is not its signature. */
const typesNamedIn = (declaration: Syntax): string[] =>
  nodesOf(declaration, ({ type }) => type === 'BlockStatement').flatMap(([node]) => {
    if (node.type === 'TSTypeReference') return nameOfType(node.typeName) ?? []
    return node.type === 'TSTypeQuery' ? (nameOfType(node.exprName) ?? []) : []
  })

const kindOf = ({ type }: Syntax): ExportFact['kind'] => {
  if (TYPE_DECLARATIONS.has(type)) return 'type'
  return type === 'ClassDeclaration' ? 'class' : 'value'
}

const declaredIn = (declaration: Syntax): (readonly [name: string, node: Syntax])[] =>
  declaration.type === 'VariableDeclaration'
    ? listIn(declaration.declarations).map((one) => [nameIn(one.id) ?? '', one])
    : [[nameIn(declaration.id) ?? '', declaration]]

export const exportFacts = ({ of, lineAt, comments }: Reading): ExportFact[] => {
  const docEnds = new Set(
    comments.flatMap(({ value, end }) => (value.startsWith('*') ? [lineAt(end)] : [])),
  )
  return of('ExportNamedDeclaration').flatMap(([node]) => {
    const { declaration } = node
    if (!isSyntax(declaration) || !DECLARATIONS.has(declaration.type)) return []
    const line = lineAt(node.start)
    return declaredIn(declaration).map(([name, declared]) => ({
      name,
      line,
      isDocumented: docEnds.has(line - 1),
      kind: kindOf(declaration),
      types: typesNamedIn(declared),
    }))
  })
}

const importedNames = (node: Syntax): string[] =>
  node.type === 'ImportDeclaration'
    ? listIn(node.specifiers).map((one) => nameIn(one.imported) ?? '*')
    : ['*']

/** A whole statement, or every name of it, that only types come by. */
const isTypeOnly = (node: Syntax): boolean => {
  const specifiers = listIn(node.specifiers)
  return (
    node.importKind === 'type' ||
    node.exportKind === 'type' ||
    (specifiers.length > 0 && specifiers.every((one) => one.importKind === 'type'))
  )
}

const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
])

/** Imports and re-exports, types included, in the order of the text. */
export const importFacts = ({ nodes }: Reading): ImportFact[] =>
  nodes
    .filter(([node]) => IMPORTING.has(node.type))
    .flatMap(([node]) => {
      const { source } = node
      if (!isSyntax(source) || typeof source.value !== 'string') return []
      return [{ specifier: source.value, isTypeOnly: isTypeOnly(node), names: importedNames(node) }]
    })
