export default { open: "Chat öffnen", close: "Schließen", ask: "Frag etwas" };
