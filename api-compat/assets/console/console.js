// The console: puts its parts together.

import { Connection } from './connection.js'
import { find, make } from './dom.js'
import { EmailPanel } from './email-panel.js'
import { EmitPanel } from './emit-panel.js'
import { EventLog } from './event-log.js'
import { allFaults } from './faults.js'
import { MonitorPanel } from './monitor-panel.js'
import { startSelfTest } from './self-test-panel.js'
import { startTabs } from './tabs.js'

const STATES = {
  idle: 'Not connected',
  connecting: 'Connecting…',
  connected: 'Connected',
  reconnecting: 'Reconnecting…',
  refused: 'Refused',
  ended: 'Closed by the sidecar',
}

const connection = new Connection()
const emitPanel = new EmitPanel(connection)
const monitorPanel = new MonitorPanel(connection)
new EventLog(connection)
let places = []

const byCookie = () => document.querySelector('[name=identity]:checked').value === 'cookie'
const token = () => (byCookie() ? null : find('token').value.trim())
const place = () => places[Number(find('place').value)]

const emailPanel = new EmailPanel(token)
startTabs(document.querySelector('[role=tablist]'), (name) => {
  if (name === 'monitor') monitorPanel.shown()
  if (name === 'email') emailPanel.shown()
})
startSelfTest(token)
find('all-faults').append(...allFaults().flatMap(({ title, advice }) => [make('div', {}, make('dt', {}, title), make('dd', {}, advice))]))

for (const choice of document.querySelectorAll('[name=identity]')) {
  choice.addEventListener('change', () => {
    find('token-field').hidden = byCookie()
  })
}
find('show-token').addEventListener('click', ({ currentTarget }) => {
  const hidden = find('token').type === 'text'
  find('token').type = hidden ? 'password' : 'text'
  currentTarget.textContent = hidden ? 'Show' : 'Hide'
  currentTarget.setAttribute('aria-pressed', String(!hidden))
})
find('place').addEventListener('change', () => emitPanel.offer(place().client))
find('connect').addEventListener('submit', (event) => {
  event.preventDefault()
  if (connection.isActive) return connection.close()
  const { path, namespace } = place()
  connection.open({ path, namespace, token: token(), transports: find('transports').value.split(' ') })
})

connection.addEventListener('change', () => {
  const { state, fault, latency, transport, isActive } = connection
  const pill = find('state')
  if (pill.dataset.state !== state) {
    pill.dataset.state = state
    pill.textContent = STATES[state]
  }
  find('connect').dataset.open = String(isActive)
  find('connect-fields').disabled = isActive
  find('connect-button').textContent = isActive ? 'Disconnect' : 'Connect'
  find('facts').hidden = state !== 'connected'
  find('fact-transport').textContent = transport ?? '–'
  find('fact-latency').textContent = latency === null ? '–' : `${latency.toFixed(1)} ms`
  find('fact-contract').textContent = place()?.contract ?? '–'
  showFault(fault)
})

let faultShown = null
function showFault(fault) {
  if (fault === faultShown) return
  faultShown = fault
  find('fault').replaceChildren(
    ...(fault
      ? [make('div', { className: 'trouble' }, make('strong', {}, fault.title), make('span', {}, fault.advice), fault.text ? make('code', {}, fault.text) : null)]
      : []),
  )
}

async function loadPlaces() {
  const answer = await fetch('/_console/contracts.json', { cache: 'no-store' })
  places = await answer.json()
  const paths = [...new Set(places.map(({ path }) => path))]
  const group = (path) =>
    make(
      'optgroup',
      { label: path },
      ...places.flatMap((one, index) =>
        one.path === path ? [make('option', { value: String(index) }, `${path}  ${one.namespace}  (${one.contract})`)] : [],
      ),
    )
  find('place').replaceChildren(...paths.map(group))
  emitPanel.offer(place().client)
}

loadPlaces().catch(() => showFault({ title: 'The list of contracts did not load', advice: 'Reload the page.', text: '' }))
