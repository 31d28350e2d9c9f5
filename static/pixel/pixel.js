(function (w, d) {
  'use strict'
  var script = d.currentScript || d.querySelector('script[data-key][src*="pixel.js"]')
  if (!script) return
  var data = script.dataset, at = 'pb_at', days = 30 * 864e5, n = navigator
  var asked = data.respectDnt !== 'false' && (n.doNotTrack === '1' || w.doNotTrack === '1' || n.globalPrivacyControl)
  var url = new URL('/p/' + data.key + '.gif', script.src).href
  var queue = (w.pitchbar && w.pitchbar.q) || []
  function keep(token) {
    try { localStorage.setItem(at, JSON.stringify([token, Date.now()])) } catch (e) {}
    held = token
  }
  function kept() {
    try {
      var found = JSON.parse(localStorage.getItem(at))
      if (Date.now() - found[1] < days) return found[0]
      localStorage.removeItem(at)
    } catch (e) {}
  }
  var held, come = asked ? '' : new URLSearchParams(location.search).get(at)
  if (come) keep(come)
  w.pitchbar = function (event, more) {
    var token = asked ? '' : held || kept()
    if (!token) return false
    var parts = new URLSearchParams({ pb_at: token, event: event })
    for (var name in more) if (more[name] != null) parts.set(name, more[name])
    var call = url + '?' + parts
    if (!(n.sendBeacon && n.sendBeacon(call))) new Image().src = call
    return true
  }
  for (var i = 0; i < queue.length; i++) w.pitchbar.apply(w, queue[i])
})(window, document)
