// Signing out at the site's own sign-on too, without a second press.

document.getElementById("leave").submit();
