// The self test with its results, and the three things an admin can have sent.

import { counted, fact, find, make, report } from './dom.js'
import { call, refusalOf } from './rest.js'
import { explainText } from './faults.js'

const PATH = '/api/socket-test'
const NAMES = {
  socketServer: 'Socket server',
  connectionTracking: 'Connection tracking',
  messaging: 'Messages to one user',
  broadcast: 'Messages to everyone',
  apiIntegration: 'Token, store and internal API',
}

/** `token` gives the token in use, or null for the cookie. */
export function startSelfTest(token) {
  find('run-test').addEventListener('click', () => run(token()))
  for (const form of document.querySelectorAll('form[data-action]')) {
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      act(form, token())
    })
  }
}

async function run(token) {
  const [button, summary] = [find('run-test'), find('test-summary')]
  button.disabled = true
  summary.textContent = 'Running…'
  find('checks').replaceChildren()
  find('test-more').hidden = true
  const answer = await call('GET', PATH, token)
  button.disabled = false
  if (!answer.body.tests) {
    summary.textContent = advise(answer)
    return
  }
  const { tests, summary: sum, onlineUsers, serverStatus } = answer.body
  summary.textContent = `${sum.passed} of ${sum.total} passed, ${sum.failed} failed, ${counted(sum.warnings, 'warning')}.`
  const order = Object.keys(NAMES)
  const checks = Object.entries(tests).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
  find('checks').replaceChildren(...checks.map(drawn))
  const list = onlineUsers.slice(0, 50).join(', ') || 'nobody'
  const more = onlineUsers.length > 50 ? ` and ${onlineUsers.length - 50} more` : ''
  find('test-more').replaceChildren(
    make(
      'dl',
      { className: 'facts' },
      fact('Users online', list + more),
      fact('Connected users', String(serverStatus.connectedUsers)),
      fact('Connections', String(serverStatus.totalConnections)),
      fact('Last error', serverStatus.lastError ?? 'none'),
    ),
  )
  find('test-more').hidden = false
}

function drawn([name, { status, message, details }]) {
  const figures = Object.entries(details ?? {}).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  return make(
    'li',
    { 'data-verdict': status },
    make('div', { className: 'row' }, make('h3', {}, NAMES[name] ?? name), make('span', { className: 'verdict' }, status)),
    make('p', {}, message),
    figures.length > 0 ? make('p', { className: 'figures' }, figures.join('  ')) : null,
  )
}

async function act(form, token) {
  const output = form.querySelector('output')
  report(output, true, 'Sending…')
  const answer = await call('POST', PATH, token, { action: form.dataset.action, ...Object.fromEntries(new FormData(form)) })
  if (!answer.ok) return report(output, false, advise(answer))
  const { sockets = 0, devices = 0 } = answer.body.reached ?? {}
  report(output, true, `Reached ${counted(sockets, 'socket')} on ${counted(devices, 'device')}`)
}

function advise(answer) {
  const { id, title, advice } = explainText(answer.body.error ?? '')
  if (id !== 'other') return `${title}. ${advice}`
  if (answer.status === 401) return 'The token does not hold, or there is none. Connect with one to see why.'
  return refusalOf(answer)
}
