var a={open:"Chat öffnen",close:"Schließen",ask:"Frag etwas"};export{a as default};
