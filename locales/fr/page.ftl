page-verify-title = Confirmez votre adresse e-mail
page-verify-lead = Un clic suffit, et votre espace peut recevoir ses premières réservations.
page-verify-button = Confirmer mon adresse
page-verify-done-title = Votre adresse est confirmée
page-verify-done = Merci. Vous pouvez fermer cette page.
