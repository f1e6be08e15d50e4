// Writes web/imlib/REFERENCE.md: a heading for each function, type and
// enumeration of the package, as their declarations and comments say, with
// links among them. README.md says in which order and under which subjects the
// functions come.

import { readFileSync, writeFileSync } from 'node:fs'
import ts from 'typescript'

const path = (name) => new URL(`../${name}`, import.meta.url).pathname
const read = (name) => readFileSync(path(name), 'utf8')

const { options } = ts.parseJsonConfigFileContent(JSON.parse(read('docs/tsconfig.json')), ts.sys, path('docs'))
const program = ts.createProgram([path('imlib/src/index.ts'), path('imlib/src/core.ts')], options)
const checker = program.getTypeChecker()

/** exportsOf is what a module exports, by name. */
function exportsOf(module) {
  const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(path(module))))
  return new Map(
    symbols
      .map((symbol) => [symbol.name, symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol])
      .sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)),
  )
}

const all = exportsOf('imlib/src/index.ts')
const core = exportsOf('imlib/src/core.ts')

const [functions, messages, enumerations, types] = ['function', 'message', 'enumeration', 'type'].map((kind) =>
  [...all.keys()].filter((name) => kindOf(all.get(name)) === kind),
)

function kindOf(symbol) {
  if (symbol.name === 'Events') return 'event'
  if (symbol.name === 'BaseMessage' || valueType(symbol)?.getConstructSignatures().length) return 'message'
  if (valueType(symbol)?.getCallSignatures().length) return 'function'
  return symbol.flags & ts.SymbolFlags.Value ? 'enumeration' : 'type'
}

function valueType(symbol) {
  const { valueDeclaration } = symbol
  return valueDeclaration && checker.getTypeOfSymbolAtLocation(symbol, valueDeclaration)
}

/** subjects are the rows of README.md: a subject, and its functions. */
function subjects() {
  const [, table = ''] = /<!-- functions -->([^]*)<!-- end of functions -->/.exec(read('imlib/README.md')) ?? []
  const rows = table.split('\n').filter((line) => line.includes('](#') || line.includes('REFERENCE.md#'))
  const found = rows.map((line) => ({
    subject: /\[([^\]`]+)\]/.exec(line)?.[1],
    names: [...line.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  }))
  const listed = found.flatMap(({ names }) => names)
  const wrong = [...functions.filter((name) => !listed.includes(name)), ...listed.filter((name) => !functions.includes(name))]
  if (wrong.length > 0) throw new Error(`README.md has other functions than the package: ${wrong.join(', ')}`)
  return found
}

const lines = []
const taken = new Set()

/** heading writes one, with the address that code hosts give it, which must be its alone. */
function heading(level, title) {
  const slug = title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')
  if (taken.has(slug)) throw new Error(`two headings are #${slug}`)
  taken.add(slug)
  lines.push(`${'#'.repeat(level)} ${title}`, '')
}

const anchor = (name) => `#${name.toLowerCase()}`
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('|', '&#124;')
const cell = (...cells) => lines.push(`| ${cells.join(' | ')} |`)

function table(...titles) {
  cell(...titles)
  cell(...titles.map(() => '---'))
}

/** prose is a comment, with links to what it names. */
function prose(text, self = '') {
  const escapes = text.replace(/\s+/g, ' ').trim().replace(/[<>|*]/g, (c) => escaped(c).replace('*', '\\*'))
  return escapes.replace(/\b[A-Za-z]\w+\b/g, (word) => {
    if (word === self || !/[a-z][A-Z]|^I[A-Z][a-z]|^[A-Z]+(_[A-Z0-9]+)+$/.test(word)) return word
    if (all.has(word)) return `[${word}](${anchor(word)})`
    if (codeNames.has(word)) return `[${word}](#errorcode)`
    return eventNames.has(word) ? `[${word}](#events)` : word
  })
}

const checks = ['arguments', 'checks', 'upward'].map((name) => program.getSourceFile(path(`imlib/src/${name}.ts`)))

/** meant is what a name stands for. */
function meant(node) {
  const symbol = checker.getSymbolAtLocation(node)
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}

const commentOf = (symbol) => ts.displayPartsToString(symbol.getDocumentationComment(checker))

/** linked is the text of a declaration in HTML, in which the types that it names are links. */
function linked(node) {
  const source = node.getSourceFile()
  const names = []
  const visit = (n) => {
    if (ts.isIdentifier(n) && (ts.isTypeReferenceNode(n.parent) || ts.isTypeQueryNode(n.parent) || ts.isExpressionWithTypeArguments(n.parent))) names.push(n)
    ts.forEachChild(n, visit)
  }
  visit(node)
  let html = ''
  let at = node.getStart(source)
  for (const name of names) {
    const ours = meant(name)?.declarations?.some((d) => !program.isSourceFileDefaultLibrary(d.getSourceFile()) && !ts.isTypeParameterDeclaration(d))
    if (ours && !all.has(name.text)) throw new Error(`${name.text} is named by what is exported, and not exported`)
    html += escaped(source.text.slice(at, name.getStart(source)))
    html += ours ? `<a href="${anchor(name.text)}">${name.text}</a>` : name.text
    at = name.end
  }
  html += escaped(source.text.slice(at, node.end))
  return html.replace(/\/\*\*?.*?\*\//gs, '').replace(/\s+/g, ' ').replaceAll(', )', ')').replaceAll('( ', '(').trim()
}

const signatureOf = (name, { typeParameters, parameters, type }) => {
  const generic = typeParameters ? `&lt;${typeParameters.map(linked).join(', ')}&gt;` : ''
  const given = parameters.map((parameter) => {
    const optional = parameter.questionToken || parameter.initializer ? '?' : ''
    const rest = parameter.dotDotDotToken ? '...' : ''
    return `${rest}${parameter.name.getText().replace(/^_/, '')}${optional}: ${linked(parameter.type)}`
  })
  const long = given.join(', ').replace(/<.*?>/g, '').length > 60
  return `${name}${generic}(${long ? `\n  ${given.join(',\n  ')},\n` : given.join(', ')}): ${linked(type)}`
}

const pre = (html) => lines.push(`<pre>${html}</pre>`, '')

/** checked is the codes that a function gives before it asks the server: those that it names, and those of the checks it calls. */
function checked(declaration, seen = new Set(), found = new Set()) {
  seen.add(declaration)
  const visit = (node) => {
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'codes') found.add(node.name.text)
    if (ts.isIdentifier(node)) {
      const called = meant(node)?.valueDeclaration
      const near = called && [declaration.getSourceFile(), ...checks].includes(called.getSourceFile())
      if (near && !seen.has(called) && (ts.isFunctionDeclaration(called) || ts.isVariableDeclaration(called))) checked(called, seen, found)
    }
    ts.forEachChild(node, visit)
  }
  ts.forEachChild(declaration, visit)
  return found
}

const ofConversation = ['CONVERSATION', 'CONVERSATION_TYPE', 'TARGET_ID', 'CHANNEL_ID'].map((what) => `INVALID_PARAMETER_${what}`)

function writeFunction(name) {
  heading(3, name)
  const symbol = all.get(name)
  pre(valueType(symbol).getCallSignatures().map((signature) => signatureOf(name, signature.declaration)).join('\n'))
  lines.push(prose(commentOf(symbol), name) + (core.has(name) ? ' *(core)*' : ''), '')
  const codes = checked(valueType(symbol).getCallSignatures()[0].declaration)
  const conversation = ofConversation.every((code) => codes.has(code))
  const others = [...codes].filter((code) => code !== 'SUCCESS' && !(conversation && ofConversation.includes(code)))
  const named = [...(conversation ? [`[those of a conversation](#errorcode)`] : []), ...others.map((code) => `[${code}](#errorcode)`)]
  if (named.length > 0) lines.push(`It checks with ${named.join(', ')}.`, '')
}

/** writeFields writes a table of what an interface or a class has itself. */
function writeFields(members) {
  const fields = members.filter((member) => ts.isPropertySignature(member) || ts.isPropertyDeclaration(member) || ts.isMethodSignature(member))
  if (fields.length === 0) return
  table('Field', 'Type', '')
  for (const field of fields) {
    const symbol = checker.getSymbolAtLocation(field.name)
    const type = ts.isMethodSignature(field) ? signatureOf('', field).replaceAll('\n', ' ') : linked(field.type)
    cell(`\`${field.name.getText()}${field.questionToken ? '?' : ''}\``, `<code>${type}</code>`, prose(commentOf(symbol)))
  }
  lines.push('')
}

function writeType(name) {
  heading(3, name)
  const symbol = all.get(name)
  const comment = commentOf(symbol)
  if (comment) lines.push(prose(comment, name), '')
  for (const declaration of symbol.declarations) {
    if (ts.isTypeAliasDeclaration(declaration)) pre(`${name} = ${linked(declaration.type)}`)
    if (!ts.isInterfaceDeclaration(declaration)) continue
    const bases = declaration.heritageClauses?.flatMap(({ types }) => [...types]) ?? []
    const [shown, inside] = [true, false].map((exported) => bases.filter(({ expression }) => all.has(expression.text) === exported))
    if (shown.length > 0) {
      const names = shown.map(linked).join(', ')
      lines.push(`It has what ${names} ${shown.length > 1 ? 'have' : 'has'}${declaration.members.length > 0 ? ', and' : '.'}`, '')
    }
    const inherited = inside.flatMap((base) => checker.getTypeAtLocation(base).symbol.declarations.filter(ts.isInterfaceDeclaration))
    writeFields([...declaration.members, ...inherited.flatMap(({ members }) => [...members])])
  }
}

function writeMessage(name) {
  heading(3, name)
  const symbol = all.get(name)
  lines.push(prose(commentOf(symbol), name), '')
  const { valueDeclaration } = symbol
  if (ts.isClassDeclaration(valueDeclaration)) {
    const { parameters } = valueDeclaration.members.find(ts.isConstructorDeclaration)
    pre(`new ${name}(${parameters.map((p) => `${p.name.getText()}${p.initializer ? '?' : ''}: ${linked(p.type)}`).join(', ')})`)
    writeFields([...valueDeclaration.members])
  } else {
    pre(`new ${name}(content: ${valueDeclaration.type.typeArguments.map(linked)})`)
  }
}

/** membersOf is what an enumeration has, in the order of its declaration. */
const membersOf = (symbol) => valueType(symbol).getProperties().filter(({ name }) => !/^-?\d/.test(name) && name !== 'toString')

function writeEnumeration(name) {
  heading(3, name)
  const symbol = all.get(name)
  lines.push(prose(commentOf(symbol), name), '')
  const members = membersOf(symbol)
  const commented = members.some((member) => commentOf(member) !== '')
  table('Name', 'Value', ...(commented ? [''] : []))
  for (const member of members) {
    const type = checker.getTypeOfSymbolAtLocation(member, symbol.valueDeclaration)
    cell(`\`${member.name}\``, `\`${type.value}\``, ...(commented ? [prose(commentOf(member))] : []))
  }
  lines.push('')
}

function writeCodes() {
  const [, ...rows] = read('../chat/words/codes.tsv').trim().split('\n')
  const codes = rows.map((row) => row.split('\t'))
  heading(3, 'ErrorCode')
  lines.push(
    'The codes of results and of connections that end, and what `msg` says of them. `ErrorCode[34204]` is the name of a number. Those of',
    `a conversation are ${ofConversation.map((code) => `\`${code}\``).join(', ')}.`,
    '',
  )
  table('Code', 'Name', '')
  for (const [value, name, , , english] of codes) if (english) cell(value, `\`${name}\``, prose(english))
  lines.push('', 'Names that the official SDK has, too, of what does not happen here:', '')
  lines.push(codes.filter(([, , , , english]) => !english).map(([value, name]) => `${value}&nbsp;\`${name}\``).join(', '), '')
}

function writeEvents() {
  heading(3, 'Events')
  lines.push(prose(commentOf(all.get('Events'))), '')
  const listeners = new Map(all.get('EventListeners').declarations[0].members.map((member) => [member.name.getText(), member]))
  table('Event', 'The listener is called with', '')
  for (const event of membersOf(all.get('Events'))) {
    const { value } = checker.getTypeOfSymbolAtLocation(event, all.get('Events').valueDeclaration)
    const given = listeners.get(value).type.parameters.map((p) => `${p.name.getText()}: ${linked(p.type)}`)
    const more = [event, checker.getSymbolAtLocation(listeners.get(event.name)?.name ?? listeners.get(value).name)].map(commentOf)
    cell(`\`${event.name}\``, given.length > 0 ? `<code>${given.join(', ')}</code>` : 'nothing', prose([...new Set(more)].join(' ')))
  }
  lines.push('')
}

const codeNames = new Set(membersOf(all.get('ErrorCode')).map(({ name }) => name))
const eventNames = new Set(membersOf(all.get('Events')).map(({ name }) => name))

const listed = subjects()
lines.push('<!-- Made of the source by web/docs/reference.js: "make generate" writes it anew. -->', '')
heading(1, 'Reference of @hongyan/imlib')
lines.push(
  'Every function, type and enumeration that the package exports; [README.md](README.md) says how to use them. A promise resolves',
  'with [RCResult](#rcresult) and does not reject. Times are in milliseconds since 1970, where nothing else is said. What is marked',
  'with *(core)* is in `@hongyan/imlib/core`, too. Codes that a function checks with are those that it gives by itself, of an argument or',
  'of its state; the server has more.',
  '',
)
const contents = (title, names) => lines.push(`- **${title}**: ${names.map((name) => `[${name}](${anchor(name)})`).join(' · ')}`)
for (const { subject, names } of listed) contents(subject, names)
contents('Events and codes', ['Events', 'ErrorCode'])
contents('Messages', messages)
contents('Enumerations', enumerations.filter((name) => name !== 'ErrorCode'))
contents('Types', types)
lines.push('')

for (const { subject, names } of listed) {
  heading(2, subject)
  names.forEach(writeFunction)
}
heading(2, 'Events and codes')
writeEvents()
writeCodes()
heading(2, 'Messages')
messages.forEach(writeMessage)
heading(2, 'Enumerations')
enumerations.filter((name) => name !== 'ErrorCode').forEach(writeEnumeration)
heading(2, 'Types')
types.forEach(writeType)

writeFileSync(path('imlib/REFERENCE.md'), `${lines.join('\n').trimEnd()}\n`)
