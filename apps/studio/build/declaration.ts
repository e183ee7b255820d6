import ts from 'typescript'

/** Where a declaration stands in its file; lines are counted from 1. */
export interface Declaration {
  /** The first line of its comment, or its own. */
  readonly first: number
  /** The line on which it is named. */
  readonly line: number
  readonly last: number
}

/**
 * Finds what a file exports under a name: a function, a class, a constant, or behind a point a member
 * of it, such as `ConditionalRbm.freeEnergy` or `contrastiveLosses.log`.
 * @throws if there is none, so that a link to it never leads to another place
 */
export function findDeclaration(path: string, text: string, name: string): Declaration {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const [top, member] = name.split('.')
  const exported = file.statements.filter(isExported).flatMap(declarationsOf)
  const owner = exported.find(({ name }) => name === top)
  const found = member === undefined ? owner : owner && memberOf(owner.node, member)
  if (!found) throw new Error(`${path} exports no ${name}`)
  const lineOf = (position: number) => file.getLineAndCharacterOfPosition(position).line + 1
  const { node } = found
  return {
    first: lineOf(node.getStart(file, true)),
    line: lineOf(node.getStart(file)),
    last: lineOf(node.getEnd()),
  }
}

interface Named {
  readonly name: string
  /** What is shown: of a constant the whole statement. */
  readonly node: ts.Node
}

function isExported(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false)
  )
}

function declarationsOf(statement: ts.Statement): Named[] {
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
    return statement.name ? [{ name: statement.name.text, node: statement }] : []
  if (!ts.isVariableStatement(statement)) return []
  return statement.declarationList.declarations.flatMap(({ name }) =>
    ts.isIdentifier(name) ? [{ name: name.text, node: statement }] : [],
  )
}

/** A method of a class, or an entry of a constant that is an object. */
function memberOf(owner: ts.Node, name: string): Named | undefined {
  const named = (node: ts.ClassElement | ts.ObjectLiteralElementLike) =>
    node.name !== undefined && ts.isIdentifier(node.name) && node.name.text === name
  if (ts.isClassDeclaration(owner)) {
    const node = owner.members.find(named)
    return node && { name, node }
  }
  if (!ts.isVariableStatement(owner)) return undefined
  for (const { initializer } of owner.declarationList.declarations) {
    const node =
      initializer && ts.isObjectLiteralExpression(initializer) && initializer.properties.find(named)
    if (node) return { name, node }
  }
  return undefined
}
