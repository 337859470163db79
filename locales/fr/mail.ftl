mail-greeting = Bonjour { $name },
mail-line = { $label } : { $value }
mail-sent-by = Envoyé par Harmony pour { $tenant }
mail-sent-by-harmony = Envoyé par Harmony, l’agenda des indépendants
mail-contact = Une question ? Contactez { $tenant } :

mail-confirmation-subject = Confirmé : { $service }, { $when }
mail-confirmation-status = Confirmé
mail-confirmation-title = Votre rendez-vous est confirmé
mail-confirmation-lead = { $tenant } se réjouit de vous accueillir.
mail-confirmation-preheader = Avec { $staff }, { $when } ({ $zone })
mail-confirmation-manage = Gérer ma réservation
mail-confirmation-manage-hint = Vous pouvez y voir ou annuler votre rendez-vous.
mail-confirmation-summary = Télécharger le récapitulatif (PDF)

mail-cancellation-subject = Annulé : { $service }, { $when }
mail-cancellation-status = Annulé
mail-cancellation-title = Votre rendez-vous est annulé
mail-cancellation-lead = Il a été retiré de l’agenda de { $tenant }. Vous n’avez rien à faire.
mail-cancellation-preheader = { $when } ({ $zone }) : le créneau est libéré
mail-cancellation-manage = Voir le détail

mail-verification-subject = Confirmez votre adresse e-mail
mail-verification-title = Confirmez votre adresse e-mail
mail-verification-lead = Bienvenue sur Harmony. Un clic, et { $tenant } peut recevoir ses premières réservations.
mail-verification-preheader = Un clic, et { $tenant } est prêt
mail-verification-button = Confirmer mon adresse
mail-verification-link = Le bouton ne fonctionne pas ? Copiez ce lien dans votre navigateur :
mail-verification-ignore = Vous n’avez pas ouvert de compte ? Ignorez cet e-mail : sans clic, il ne se passe rien.
